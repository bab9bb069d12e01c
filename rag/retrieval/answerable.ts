import type { Near } from './fuse.ts';
import type { Lexical } from './lexical.ts';

export interface Confidence {
  /** False: the corpus does not hold an answer; say so. */
  readonly answerable: boolean;
  /** 0 to 1; 0.5 is the line. */
  readonly confidence: number;
}

export interface Signs {
  readonly lexical: Lexical;
  readonly near: readonly Near[];
  /** What the best section has by its words. */
  readonly bestWords: number;
  /** How many of the field's own terms the question came to. */
  readonly terms: number;
  /** It speaks of a matter that the field is not about (`rag/thesaurus/outside.json`). */
  readonly outside: boolean;
  /** The question names a section that is held. */
  readonly named: boolean;
  readonly found: boolean;
}

/**
 * Fitted by logistic regression on the tuning half of the questions, both kinds counting alike; all but `outside`, which
 * is set: on questions by the writer of its list it would seem surer than it is.
 */
const weights = {
  bias: -8.9,
  covered: 2.2,
  unknown: -0.8,
  nearest: 4.5,
  terms: 5.1,
  strength: 3.8,
  outside: -4,
};

/** Does the corpus answer, from how much of the question the best section holds, and how much stands nowhere. */
export function answerable(signs: Signs): Confidence {
  if (!signs.found) return { answerable: false, confidence: 0 };
  if (signs.named) return { answerable: true, confidence: 1 };
  const seen = features(signs);
  const sum = weights.bias + featureNames.reduce((total, name) => total + weights[name] * seen[name], 0);
  const confidence = 1 / (1 + Math.exp(-sum));
  return { answerable: confidence >= 0.5, confidence };
}

const featureNames = ['covered', 'unknown', 'nearest', 'terms', 'strength', 'outside'] as const;

/** All but `strength` within 0 and 1: shares of what the question's words are worth, the nearness of the nearest chunk. */
function features({
  lexical,
  near,
  bestWords,
  terms,
  outside,
}: Signs): Record<(typeof featureNames)[number], number> {
  const most = Math.max(lexical.most, 1e-9);
  return {
    covered: bestWords / most,
    unknown: lexical.unknown / most,
    nearest: near[0]?.nearness ?? 0,
    terms: Math.min(1, terms / 3),
    strength: bestWords / 30,
    outside: outside ? 1 : 0,
  };
}
