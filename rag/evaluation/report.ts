import type { Scores } from './scores.ts';

export interface RetrievalMetric {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: string;
  readonly met: boolean;
}

const text = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(0));

/** One line of figures. */
export function tableOfScores(name: string, scores: Scores): string {
  return [
    name.padEnd(9),
    `questions ${scores.questions} (${scores.answerable} answerable)`,
    `hit@1 ${text(scores.hit1)}`,
    `hit@5 ${text(scores.hit5)}`,
    `MRR ${text(scores.mrr)}`,
    `refused ${text(scores.refused)}`,
    `answered ${text(scores.answered)}`,
    `right ${text(scores.refusalRight)}`,
    `p50 ${ms(scores.p50Ms)} ms, p95 ${ms(scores.p95Ms)} ms`,
  ].join('  ');
}

const atLeast = (name: string, value: number | null, aim: number, unit = ''): RetrievalMetric[] =>
  value === null ? [] : [{ name, value: rounded(value), unit, aim: `>= ${aim}`, met: value >= aim }];

/** Figures by their stable names, beside their aims. */
export function metricsOf(
  scores: Scores,
  obliqa: { readonly ours: number; readonly theirs: number } | null,
): RetrievalMetric[] {
  return [
    ...atLeast('retrieval.lay_hit1', scores.hit1, 0.55),
    ...atLeast('retrieval.lay_hit5', scores.hit5, 0.8),
    ...atLeast('retrieval.refusal_right', scores.refusalRight, 0.9),
    ...(scores.p95Ms === null
      ? []
      : [
          {
            name: 'retrieval.p95_ms',
            value: Math.round(scores.p95Ms),
            unit: 'ms',
            aim: '<= 60',
            met: scores.p95Ms <= 60,
          },
        ]),
    ...(obliqa === null
      ? []
      : [
          ...atLeast('retrieval.obliqa_r10_ratio_bm25', obliqa.ours / obliqa.theirs, 1.03, '×'),
          ...atLeast('retrieval.obliqa_r10', obliqa.ours, obliqa.theirs * 1.03),
        ]),
  ].map((each) => ({ ...each, aim: each.aim.slice(0, 9) }));
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
