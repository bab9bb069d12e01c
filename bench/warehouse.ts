import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWarehouseConsumer } from '#ingest';
import { createEmbeddedClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import type { LogRecord } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { createLoader, migrateWarehouse } from '#warehouse';
import { cpuSecondsOf, ownCpuSeconds } from './cpu.ts';
import { metric, type PartResult } from './metrics.ts';
import { removeFolder, temporaryFolder } from './server-under-test.ts';
import { loadRecords } from './warehouse-records.ts';

/** As many as come at 3,000 events a second while the consumer pauses. */
const eventsPerBatch = 3000;
const people = 5000;

/**
 * CPU that the warehouse consumer takes per event (an applied event and the flag change that it caused), in the
 * process that runs it and in ClickHouse, merges included: the real consumer on records that were encoded before.
 */
export async function measureWarehouse({ quick }: { quick: boolean }): Promise<PartResult> {
  const folder = temporaryFolder();
  const batches = quick ? 5 : 20;
  const log = createSilentLog();
  const clickhouse = await createEmbeddedClickHouse({ dir: path.join(folder, 'clickhouse'), log });
  try {
    await migrateWarehouse(clickhouse);
    const loader = createLoader({ clickhouse, clock: systemClock, log });
    const consume = createWarehouseConsumer({
      loader,
      placeNames: () => Promise.resolve(new Map()),
      clock: systemClock,
      fullBatch: 0,
    });
    const never = new AbortController().signal;
    const batchAt = (batch: number): LogRecord[] =>
      loadRecords({ first: batch * eventsPerBatch, count: eventsPerBatch, people });
    const warm = Array.from({ length: 3 }, (_, at) => batchAt(at));
    const measured = Array.from({ length: batches }, (_, at) => batchAt(warm.length + at));
    for (const records of warm) await consume(records, never);

    const pid = clickhouse.pid() ?? 0;
    const [ownBefore, engineBefore, startMs] = [ownCpuSeconds(), cpuSecondsOf(pid), performance.now()];
    for (const records of measured) await consume(records, never);
    const tookS = (performance.now() - startMs) / 1000;
    const own = ownCpuSeconds() - ownBefore;
    // What was written is merged a moment later; that belongs to its cost.
    await sleep(quick ? 500 : 5000);
    const engine = cpuSecondsOf(pid) - engineBefore;
    const events = batches * eventsPerBatch;
    return {
      metrics: [
        metric('warehouse.process_cpu_us_per_event', (own / events) * 1e6),
        metric('warehouse.engine_cpu_us_per_event', (engine / events) * 1e6),
      ],
      notes: [
        `${Math.round(events / tookS)} events/s loaded, one batch of ${eventsPerBatch} after the other`,
      ],
    };
  } finally {
    await clickhouse.close();
    removeFolder(folder);
  }
}
