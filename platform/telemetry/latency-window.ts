/** Durations of the last while, in ms. Percentiles are the upper edge of the bucket they fall in: at most 10 % too high. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Counts between the edges that the window was made with; the last bucket is what is above all of them. */
  readonly buckets: number[];
}

export interface LatencyWindow {
  record(ms: number, atMs: number): void;
  summary(atMs: number): LatencySummary;
}

export interface LatencyWindowOptions {
  /** Rising, ms: the bars that are shown. */
  readonly edgesMs: readonly number[];
  readonly spanMs: number;
  /** Parts of the span; one at a time is forgotten. */
  readonly slices: number;
}

/** Buckets grow by 10 %, from 1 ms to some 8 minutes. */
const growth = 1.1;
const bucketCount = 138;
const bucketOf = (ms: number) =>
  ms <= 1 ? 0 : Math.min(bucketCount - 1, Math.ceil(Math.log(ms) / Math.log(growth)));
const edgeOf = (bucket: number) => growth ** bucket;

interface Slice {
  part: number;
  count: number;
  maxMs: number;
  readonly fine: Uint32Array;
  readonly shown: Uint32Array;
}

/** Remembers how long things took in the last `spanMs`, in constant memory: some 600 bytes per slice used. */
export function createLatencyWindow({ edgesMs, spanMs, slices }: LatencyWindowOptions): LatencyWindow {
  const kept: (Slice | undefined)[] = Array.from({ length: slices });
  const sliceMs = spanMs / slices;

  function sliceAt(atMs: number): Slice {
    const part = Math.floor(atMs / sliceMs);
    const known = kept[part % slices];
    if (known?.part === part) return known;
    const fresh: Slice = {
      part,
      count: 0,
      maxMs: 0,
      fine: new Uint32Array(bucketCount),
      shown: new Uint32Array(edgesMs.length + 1),
    };
    kept[part % slices] = fresh;
    return fresh;
  }

  return {
    record: (ms, atMs) => {
      const slice = sliceAt(atMs);
      const edge = edgesMs.findIndex((limit) => ms <= limit);
      const fine = bucketOf(ms);
      const shown = edge === -1 ? edgesMs.length : edge;
      slice.fine[fine] = (slice.fine[fine] ?? 0) + 1;
      slice.shown[shown] = (slice.shown[shown] ?? 0) + 1;
      slice.count += 1;
      slice.maxMs = Math.max(slice.maxMs, ms);
    },
    summary: (atMs) => {
      const newest = Math.floor(atMs / sliceMs);
      const live = kept.filter((slice) => slice !== undefined && slice.part > newest - slices);
      return summarise(live as Slice[], edgesMs.length + 1);
    },
  };
}

function summarise(slices: readonly Slice[], shownBuckets: number): LatencySummary {
  const count = slices.reduce((sum, slice) => sum + slice.count, 0);
  const maxMs = Math.max(0, ...slices.map((slice) => slice.maxMs));
  const fine = Array.from({ length: bucketCount }, (_, at) =>
    slices.reduce((sum, slice) => sum + (slice.fine[at] ?? 0), 0),
  );
  const percentile = (share: number): number | null => {
    if (count === 0) return null;
    let seen = 0;
    for (const [bucket, inBucket] of fine.entries()) {
      seen += inBucket;
      if (seen >= Math.ceil(share * count)) return Math.min(Math.round(edgeOf(bucket)), Math.round(maxMs));
    }
    return Math.round(maxMs);
  };
  return {
    count,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    p99Ms: percentile(0.99),
    maxMs: count === 0 ? null : Math.round(maxMs),
    buckets: Array.from({ length: shownBuckets }, (_, at) =>
      slices.reduce((sum, slice) => sum + (slice.shown[at] ?? 0), 0),
    ),
  };
}
