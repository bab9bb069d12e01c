import { latencyEdgesMs, type Latency } from '#contracts/screens/status';

/** `184 ms`, `1.4 s`. */
export function formatLatency(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = ms / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

export interface LatencyBar {
  /** `25–50 ms`, `over 5 s`. */
  readonly label: string;
  /** The upper edge alone, for the axis. */
  readonly edge: string;
  readonly count: number;
  /** 0–1 of all. */
  readonly share: number;
  /** Beyond the promise. */
  readonly late: boolean;
}

/** The bars of a histogram, named. */
export function latencyBars(latency: Latency, aimMs: number): LatencyBar[] {
  const all = Math.max(1, latency.count);
  return latency.buckets.map((count, at) => {
    const from = at === 0 ? 0 : (latencyEdgesMs[at - 1] ?? 0);
    const to = latencyEdgesMs[at];
    return {
      label: rangeOf(from, to),
      edge: to === undefined ? `>${plain(from)}` : plain(to),
      count,
      share: count / all,
      late: from >= aimMs,
    };
  });
}

function rangeOf(from: number, to: number | undefined): string {
  if (to === undefined) return `over ${formatLatency(from)}`;
  if (from === 0) return `up to ${formatLatency(to)}`;
  return `${formatLatency(from)} to ${formatLatency(to)}`;
}

const plain = (ms: number): string => (ms < 1000 ? String(ms) : `${ms / 1000}s`);
