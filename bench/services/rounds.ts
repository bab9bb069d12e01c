import { percentile } from '../metrics.ts';

export const median = (values: readonly number[]): number => percentile(values, 50);

/** The ratio within each round, then the median: what else the machine did in a round hit both sides. */
export function medianRatio(ours: readonly number[], peers: readonly number[]): number {
  return median(ours.map((value, round) => value / (peers[round] ?? Number.NaN)));
}

/** Both sides in turn, who begins changes with each round. */
export async function alternate<T>(
  rounds: number,
  sides: { readonly ours: () => Promise<T>; readonly peer: () => Promise<T> },
): Promise<{ ours: T[]; peer: T[] }> {
  const found: { ours: T[]; peer: T[] } = { ours: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order) found[side].push(await sides[side]());
  }
  return found;
}

export const said = (value: number): string => Math.round(value).toLocaleString('en');
export const spread = (values: readonly number[], digits = 2): string =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
