import type { PartResult } from './metrics.ts';
export const measureLive = (_o: { quick: boolean }): PartResult => ({ metrics: [], notes: [] });
