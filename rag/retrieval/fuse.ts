import { chunksPerSection } from '../corpus/store.postgres.ts';
import type { Lexical } from './lexical.ts';

/** A chunk near the question in meaning. */
export interface Near {
  readonly chunk: number;
  /** Inner product, at most 1. */
  readonly nearness: number;
}

/** A section that may answer, and which stretch of it. */
export interface Candidate {
  readonly section: number;
  readonly chunk: number;
  /** 0 to 1 within one question; not comparable between questions. */
  readonly score: number;
}

/** Sections whose meaning is looked at beside those that hold the words. */
const mostCandidates = 300;

/**
 * Linear in both voices, each scaled so that its best section has 1. Words are the major voice: the minor one brings in
 * what is said in other words and settles ties. Measured better than reciprocal ranks on both sets of questions.
 */
export function fuse(lexical: Lexical, near: readonly Near[], meaning: number): Candidate[] {
  const top = Math.max(0, ...[...lexical.sections.values()].map(({ score }) => score));
  const nearest = bestNear(near);
  const values = [...nearest.values()].map(({ nearness }) => nearness);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const meaningOf = (section: number) => {
    const found = nearest.get(section);
    return found === undefined || high === low ? 0 : (found.nearness - low) / (high - low);
  };
  const worded = [...lexical.sections].toSorted((a, b) => b[1].score - a[1].score).slice(0, mostCandidates);
  const sections = new Set([...worded.map(([section]) => section), ...nearest.keys()]);
  return [...sections]
    .map((section) => {
      const words = lexical.sections.get(section);
      const wordScore = words === undefined || top === 0 ? 0 : words.score / top;
      const chunk = words?.chunk ?? nearest.get(section)?.chunk ?? 0;
      return { section, chunk, score: (1 - meaning) * wordScore + meaning * meaningOf(section) };
    })
    .toSorted((a, b) => b.score - a.score || a.section - b.section);
}

function bestNear(near: readonly Near[]): Map<number, Near> {
  const best = new Map<number, Near>();
  for (const each of near) {
    const section = Math.floor(each.chunk / chunksPerSection);
    const known = best.get(section);
    if (known === undefined || each.nearness > known.nearness) best.set(section, each);
  }
  return best;
}
