import { setTimeout as sleep } from 'node:timers/promises';
import { peopleChangedTopic } from '#domain/people';
import { eventsAppliedTopic, flagsChangedTopic } from '#domain/policy-driver';
import type { EventLog, LogRecord } from '#platform/event-log';
import type { DayComparison, Rebuild } from '#warehouse';
import { loadRecords, type LoadWarehouseDeps } from './load-warehouse.ts';

export interface RebuildWarehouseDeps {
  readonly rebuild: Rebuild;
  readonly eventLog: Pick<EventLog, 'read' | 'topics'>;
  readonly placeNames: LoadWarehouseDeps['placeNames'];
  /** Aborted: stops after the batch at hand; the next run goes on there. */
  readonly signal: AbortSignal;
  readonly onProgress: (step: string) => void;
  /** Put the rebuilt tables in place also when they differ from those in use. */
  readonly evenIfDifferent: boolean;
  /** What becomes of the replaced tables. */
  readonly replaced: 'keep' | 'drop';
  /** Time for inserts that began before the exchange to end. Default 5,000. */
  readonly settleMs?: number;
  /** Time between two comparisons while something differs. Default 2,000. */
  readonly lookAgainMs?: number;
}

export interface RebuildOutcome {
  readonly outcome: 'exchanged' | 'differs' | 'interrupted';
  /** Empty when the exchange had been made by an earlier run. */
  readonly days: readonly DayComparison[];
}

const batchRecords = 5000;
/** While traffic goes on, what is being loaded at the moment differs; a look later it does not. */
const looks = 5;

/**
 * Rebuilds the warehouse from the event log into tables of its own and exchanges them for those in use. The consumer
 * may go on meanwhile. Nothing is lost at the exchange: what the consumer wrote into the replaced tables at the last
 * moment is read from the log again, and rows that are there already are left out.
 */
export async function rebuildWarehouse(deps: RebuildWarehouseDeps): Promise<RebuildOutcome> {
  const { rebuild, signal, onProgress } = deps;
  let days: DayComparison[] = [];
  if (rebuild.phase() === 'loading') {
    await readOn(deps);
    if (signal.aborted) return { outcome: 'interrupted', days };
    onProgress('Rolling up past days');
    await rebuild.rollUp();
    days = await compareUntilEqual(deps);
    if (signal.aborted) return { outcome: 'interrupted', days };
    if (!days.every((day) => day.isEqual) && !deps.evenIfDifferent) return { outcome: 'differs', days };
  }
  if (rebuild.phase() !== 'exchanged') {
    onProgress('Exchanging the tables');
    await rebuild.exchange();
    await sleep(deps.settleMs ?? 5000);
  }
  onProgress('Reading what came in meanwhile');
  await readOn(deps);
  if (signal.aborted) return { outcome: 'interrupted', days };
  await rebuild.finish(deps.replaced);
  return { outcome: 'exchanged', days };
}

async function compareUntilEqual(deps: RebuildWarehouseDeps): Promise<DayComparison[]> {
  for (let look = 1; ; look += 1) {
    await readOn(deps);
    deps.onProgress('Comparing');
    const days = await deps.rebuild.compare();
    if (look === looks || deps.signal.aborted || days.every((day) => day.isEqual)) return days;
    await sleep(deps.lookAgainMs ?? 2000, undefined, { signal: deps.signal }).catch(() => undefined);
  }
}

/** Reads the topics from where the rebuild stands to their ends. */
async function readOn(deps: RebuildWarehouseDeps): Promise<void> {
  const { rebuild, placeNames, signal, onProgress } = deps;
  const loader = rebuild.loader();
  while (!signal.aborted) {
    const records = await nextBatch(deps);
    if (records.length === 0) return;
    await loadRecords({ loader, placeNames }, records);
    await rebuild.loaded(records);
    onProgress(`Loaded ${records.length} records`);
    if (records.length < batchRecords) return;
  }
}

/** Of all partitions together: few large inserts, however many partitions there are. */
async function nextBatch({ rebuild, eventLog }: RebuildWarehouseDeps): Promise<LogRecord[]> {
  const wanted: readonly string[] = [eventsAppliedTopic, flagsChangedTopic, peopleChangedTopic];
  const batch: LogRecord[] = [];
  for (const { topic, partitions } of await eventLog.topics()) {
    if (!wanted.includes(topic)) continue;
    for (let partition = 0; partition < partitions && batch.length < batchRecords; partition += 1) {
      const from = rebuild.next(topic, partition);
      batch.push(...(await eventLog.read(topic, partition, from, batchRecords - batch.length)));
    }
  }
  return batch;
}
