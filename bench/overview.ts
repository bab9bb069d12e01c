import path from 'node:path';
import { createEmbeddedClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { benchWarehouse, type BenchMetric } from '../warehouse/bench.ts';
import { metric, type MetricName, type PartResult } from './metrics.ts';
import { removeFolder, temporaryFolder } from './server-under-test.ts';

const sizes = [
  ['1m', 1_000_000, 'overview.p95_ms_1m'],
  ['10m', 10_000_000, 'overview.p95_ms_10m'],
] as const satisfies readonly (readonly [string, number, MetricName])[];

/** The slowest of the viewers that the warehouse's own measurement takes. */
function worstP95(found: readonly BenchMetric[], label: string): number {
  const p95 = found.filter(
    ({ name }) => name.startsWith(`warehouse.${label}.overview_`) && name.endsWith('.p95_ms'),
  );
  if (p95.length === 0) throw new Error(`the warehouse measured no overview at ${label}`);
  return Math.max(...p95.map(({ value }) => value));
}

/** The overview query on embedded ClickHouse over made-up history of 1 M and 10 M events (`quick`: 1 M alone). */
export async function measureOverview({ quick }: { quick: boolean }): Promise<PartResult> {
  const folder = temporaryFolder();
  const chosen = quick ? sizes.slice(0, 1) : sizes;
  const clickhouse = await createEmbeddedClickHouse({
    dir: path.join(folder, 'clickhouse'),
    log: createSilentLog(),
    database: 'bench',
  });
  try {
    const found = await benchWarehouse({
      clickhouse,
      clock: systemClock,
      sizes: chosen.map(([, events]) => events),
      runs: quick ? 10 : 40,
    });
    return {
      metrics: chosen.map(([label, , name]) => metric(name, worstP95(found, label))),
      notes: found.map(({ name, value, unit }) => `${name} ${value} ${unit}`),
    };
  } finally {
    await clickhouse.close();
    removeFolder(folder);
  }
}
