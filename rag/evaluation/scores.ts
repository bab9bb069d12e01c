import type { Answer } from '../retrieval/retrieve.ts';
import { rankOf, type GoldenQuestion } from './questions.ts';

/** What was found for a question, and how long it took. */
export interface Outcome {
  readonly question: GoldenQuestion;
  readonly answer: Answer;
  readonly ms: number;
}

/** Shares of 1; null where there was nothing to measure. */
export interface Scores {
  readonly questions: number;
  readonly answerable: number;
  readonly hit1: number | null;
  readonly hit5: number | null;
  readonly mrr: number | null;
  /** Said "not in the corpus" of those that it does not answer. */
  readonly refused: number | null;
  /** Did not say so of those that it does. */
  readonly answered: number | null;
  /** Both together, of all questions. */
  readonly refusalRight: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);

function percentile(values: readonly number[], at: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? null;
}

export function scoresOf(outcomes: readonly Outcome[]): Scores {
  const answerable = outcomes.filter(({ question }) => question.answerable);
  const ranks = answerable.map(({ question, answer }) =>
    rankOf(
      question,
      answer.passages.map(({ section }) => section),
    ),
  );
  const without = outcomes.filter(({ question }) => !question.answerable);
  const refused = without.filter(({ answer }) => !answer.answerable).length;
  const answered = answerable.filter(({ answer }) => answer.answerable).length;
  const reciprocals = ranks.reduce((sum, rank) => sum + (rank < 0 ? 0 : 1 / (rank + 1)), 0);
  return {
    questions: outcomes.length,
    answerable: answerable.length,
    hit1: share(ranks.filter((rank) => rank === 0).length, ranks.length),
    hit5: share(ranks.filter((rank) => rank >= 0 && rank < 5).length, ranks.length),
    mrr: share(reciprocals, ranks.length),
    refused: share(refused, without.length),
    answered: share(answered, answerable.length),
    refusalRight: share(refused + answered, outcomes.length),
    p50Ms: percentile(
      outcomes.map(({ ms }) => ms),
      0.5,
    ),
    p95Ms: percentile(
      outcomes.map(({ ms }) => ms),
      0.95,
    ),
  };
}
