import type { DivisionId, Id, TenantId, UserId } from '#contracts/ids';
import { authorize, type Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { fillScratch, scratchId, truncateScratch, type ScratchSize } from './bench-data.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { migrateWarehouse } from './migrate.ts';
import { createDayRollup } from './rollup.ts';

export interface BenchMetric {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'rows' | 's';
  readonly aim: string | null;
  readonly met: boolean | null;
}

export interface WarehouseBenchOptions {
  /** A scratch database: its tables are emptied. */
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  /** Events, and as many flag changes. Default 1 M and 10 M. */
  readonly sizes?: readonly number[];
  /** Overviews measured per viewer. Default 40. */
  readonly runs?: number;
}

const aimMs = 200;

/**
 * Fills the scratch database with made-up history and measures the overview as three viewers see it: the whole of a
 * company with a quarter of all people, the whole of one of nineteen others, and one division of the latter.
 */
export async function benchWarehouse(options: WarehouseBenchOptions): Promise<BenchMetric[]> {
  const { clickhouse, clock, sizes = [1_000_000, 10_000_000], runs = 40 } = options;
  const metrics = createMetrics({ clickhouse, clock });
  // The overview as of now looks back 90 days.
  const rollup = createDayRollup({ clickhouse, clock, log: createSilentLog(), keptDays: 91 });
  const found: BenchMetric[] = [];
  await migrateWarehouse(clickhouse);
  for (const events of sizes) {
    const size: ScratchSize = { events, people: events / 50, nowMs: clock.nowMs() };
    const label = `warehouse.${events / 1_000_000}m`;
    await truncateScratch(clickhouse);
    const filled = await timed(() => fillScratch(clickhouse, size));
    const rolled = await timed(() => rollup.run());
    found.push(
      plain(`${label}.fill_s`, filled / 1000, 's'),
      plain(`${label}.roll_up_all_s`, rolled / 1000, 's'),
    );
    for (const [viewer, scope] of viewers()) {
      const durations = await measure(metrics, scope, runs);
      found.push(
        withAim(`${label}.overview_${viewer}.p50_ms`, percentile(durations, 50)),
        withAim(`${label}.overview_${viewer}.p95_ms`, percentile(durations, 95)),
      );
    }
  }
  return found;
}

function viewers(): [string, Scope][] {
  return [
    ['large_company', scopeOf(0, false)],
    ['company', scopeOf(1, false)],
    ['division', scopeOf(1, true)],
  ];
}

function scopeOf(tenant: number, isLimited: boolean): Scope {
  const tenantId = scratchId('ten', tenant) as TenantId;
  const viewer = {
    user: { id: scratchId('usr', 1) as UserId, name: '', email: '' },
    membership: {
      id: scratchId('mem', 1) as Id<'membership'>,
      tenantId,
      role: isLimited ? ('SafetyManager' as const) : ('CompanyAdmin' as const),
      divisionIds: isLimited ? [scratchId('div', 2) as DivisionId] : null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
    },
    actingTenantId: tenantId,
  };
  return authorize(viewer, 'see', 'any-module');
}

async function measure(metrics: Metrics, scope: Scope, runs: number): Promise<number[]> {
  const durations: number[] = [];
  const overview = () => metrics.overview(scope, { audience: 'others' });
  await overview();
  for (let run = 0; run < runs; run += 1) durations.push(await timed(overview));
  return durations;
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await task();
  return performance.now() - startMs;
}

/** Nearest rank. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

function plain(name: string, value: number, unit: BenchMetric['unit']): BenchMetric {
  return { name, value: rounded(value), unit, aim: null, met: null };
}

function withAim(name: string, value: number): BenchMetric {
  return { name, value: rounded(value), unit: 'ms', aim: `<= ${aimMs}`, met: value <= aimMs };
}
