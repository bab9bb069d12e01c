import { writeFileSync } from 'node:fs';

interface Aim {
  readonly unit: string;
  /** Null: measured and reported, no aim is set. */
  readonly aim: { readonly atLeast: number } | { readonly atMost: number } | null;
}

/** The figures that later runs are compared with. Their names are stable; docs/benchmarks.md explains each. */
const aims = {
  'webhook.accepted_per_s': { unit: '1/s', aim: { atLeast: 10_000 } },
  'webhook.accepted_per_cpu_s': { unit: '1/CPU s', aim: { atLeast: 15_000 } },
  'path.events_per_s': { unit: '1/s', aim: { atLeast: 3_000 } },
  'pixel.p50_ms': { unit: 'ms', aim: { atMost: 25 } },
  'pixel.p99_ms': { unit: 'ms', aim: { atMost: 150 } },
  'overview.p95_ms_1m': { unit: 'ms', aim: null },
  'overview.p95_ms_10m': { unit: 'ms', aim: { atMost: 200 } },
  'warehouse.process_cpu_us_per_event': { unit: 'µs', aim: null },
  'warehouse.engine_cpu_us_per_event': { unit: 'µs', aim: null },
  'live.viewers': { unit: 'sockets', aim: { atLeast: 10_000 } },
  'live.cpu_us_per_message': { unit: 'µs', aim: null },
  'rules.ratio_json_logic_engine': { unit: '×', aim: { atLeast: 1 } },
  'kafka.client_cpu_ratio': { unit: '×', aim: null },
  'ingest.events_per_cpu_s': { unit: '1/CPU s', aim: { atLeast: 12_000 } },
  'ingest.ratio_bento': { unit: '×', aim: { atLeast: 1 } },
  'apply.events_per_cpu_s': { unit: '1/CPU s', aim: { atLeast: 6_000 } },
  'e2e.p50_ms': { unit: 'ms', aim: null },
  'e2e.p99_ms': { unit: 'ms', aim: { atMost: 150 } },
  'sustained.writes_per_s': { unit: '1/s', aim: { atLeast: 3_000 } },
  'upsert.ratio_copy': { unit: '×', aim: { atLeast: 0.5 } },
  'overview.ratio_duckdb': { unit: '×', aim: { atMost: 2.5 } },
  'start.cold_s': { unit: 's', aim: null },
  'start.warm_s': { unit: 's', aim: null },
} as const satisfies Record<string, Aim>;

export type MetricName = keyof typeof aims;

export interface Metric {
  readonly name: MetricName;
  readonly value: number;
  readonly unit: string;
  readonly aim: string | null;
  readonly met: boolean | null;
}

/** What one part of the benchmark found. */
export interface PartResult {
  readonly metrics: readonly Metric[];
  /** What else was seen, in sentences. */
  readonly notes: readonly string[];
}

const rounded = (value: number): number => (value >= 100 ? Math.round(value) : Math.round(value * 100) / 100);

/** A figure beside its aim. The aim is judged on the exact value. */
export function metric(name: MetricName, value: number): Metric {
  const { unit, aim }: Aim = aims[name];
  const base = { name, value: rounded(value), unit };
  if (aim === null) return { ...base, aim: null, met: null };
  return 'atLeast' in aim
    ? { ...base, aim: `>= ${aim.atLeast}`, met: value >= aim.atLeast }
    : { ...base, aim: `<= ${aim.atMost}`, met: value <= aim.atMost };
}

const wordOf = (met: boolean | null) => (met === null ? '' : met ? 'met' : 'MISSED');

/** Nearest rank; `rank` in percent. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0;
}

/** A table for people. */
export function tableOf(metrics: readonly Metric[]): string {
  const lines = metrics.map(({ name, value, unit, aim, met }) =>
    [name.padEnd(32), String(value).padStart(10), unit.padEnd(8), (aim ?? '').padEnd(10), wordOf(met)].join(
      '  ',
    ),
  );
  return `${lines.join('\n')}\n`;
}

export function writeMetrics(file: string, metrics: readonly Metric[]): void {
  writeFileSync(file, `${JSON.stringify({ metrics }, null, 2)}\n`);
}

/** The parts that `--only` names, all when it is absent. Throws for a name that is none. */
export function chosenParts(known: readonly string[], only: string | undefined): readonly string[] {
  const wanted = only?.split(',').map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}. Parts: ${known.join(', ')}`);
  return wanted;
}
