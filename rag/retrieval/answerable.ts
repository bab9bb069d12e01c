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
  /** The question names a section that is held. */
  readonly named: boolean;
  readonly found: boolean;
}

/** Fitted by logistic regression on the tuning half of the questions (`node scripts/fit-refusals.ts`). */
const weights = { bias: -3.2, covered: 4.5, unknown: -4, nearest: 3 };

/** Does the corpus answer, from how much of the question the best section holds, and how much stands nowhere. */
export function answerable(signs: Signs): Confidence {
  if (!signs.found) return { answerable: false, confidence: 0 };
  if (signs.named) return { answerable: true, confidence: 1 };
  const { covered, unknown, nearest } = features(signs);
  const sum =
    weights.bias + weights.covered * covered + weights.unknown * unknown + weights.nearest * nearest;
  const confidence = 1 / (1 + Math.exp(-sum));
  return { answerable: confidence >= 0.5, confidence };
}

/** Shares of what the question's words are worth, and the nearness of the nearest chunk. */
export function features({ lexical, near, bestWords }: Signs) {
  const most = Math.max(lexical.most, 1e-9);
  return { covered: bestWords / most, unknown: lexical.unknown / most, nearest: near[0]?.nearness ?? 0 };
}
