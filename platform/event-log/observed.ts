import { traceHeader, type Telemetry } from '#platform/telemetry';
import type { BatchHandler, EventLog, NewRecord, Outbox } from './index.ts';

export interface ObservedOptions extends Telemetry {
  /** Names of the consumer groups that are counted apart. */
  readonly groups: readonly string[];
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const sizeBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** The log, watched: batches are counted and timed whole, and traces travel in the headers of records. */
export function observeEventLog<L extends EventLog & { readonly outbox: Outbox }>(
  log: L,
  options: ObservedOptions,
): L {
  if (!options.meter.on && !options.tracing.on) return log;
  const instruments = createInstruments(options);
  const { tracing } = options;

  /** What a record is written for goes along with it. */
  function carry(records: readonly NewRecord[]): readonly NewRecord[] {
    if (!tracing.on) return records;
    return records.map((record) => {
      const parent = tracing.outgoing(record);
      return parent === undefined
        ? record
        : { ...record, headers: { ...record.headers, [traceHeader]: parent } };
    });
  }

  return {
    ...log,
    append: async (records) => {
      const startedMs = performance.now();
      await tracing.within('event log append', { 'messaging.batch.message_count': records.length }, () =>
        log.append(carry(records)),
      );
      instruments.appended(records.length, performance.now() - startedMs);
    },
    consume: (consumer, handler) => {
      const name = `consume ${consumer.group}`;
      const timed = instruments.timed(consumer.group, handler);
      if (!tracing.on) return log.consume(consumer, timed);
      return log.consume(consumer, (records, signal) => {
        const fields = {
          'messaging.consumer.group.name': consumer.group,
          'messaging.batch.message_count': records.length,
        };
        return tracing.batch(name, fields, records, () => timed(records, signal));
      });
    },
    outbox: { ...log.outbox, add: (tx, records) => log.outbox.add(tx, carry(records)) },
  };
}

function createInstruments({ meter, groups }: ObservedOptions) {
  const appendedTotal = meter.counter({
    name: 'plumbline_event_log_appended_records_total',
    help: 'Records that this process appended to the event log.',
    labels: {},
  });
  const appendSeconds = meter.histogram({
    name: 'plumbline_event_log_append_seconds',
    help: 'Time until an append was durable.',
    labels: {},
    buckets: secondsBuckets,
  });
  const records = meter.counter({
    name: 'plumbline_consumer_records_total',
    help: 'Records handed to a consumer group; a failed batch comes again and is counted again.',
    labels: { group: groups, outcome: ['handled', 'failed'] },
  });
  const size = meter.histogram({
    name: 'plumbline_consumer_batch_records',
    help: 'Records per batch.',
    labels: { group: groups },
    buckets: sizeBuckets,
  });
  const seconds = meter.histogram({
    name: 'plumbline_consumer_batch_seconds',
    help: 'Time that a batch took, its pause included.',
    labels: { group: groups },
    buckets: secondsBuckets,
  });

  return {
    appended: (count: number, ms: number): void => {
      appendedTotal.add(count, {});
      appendSeconds.record(ms / 1000, {});
    },
    /** A few calls per batch, whatever its size. */
    timed:
      (group: string, handler: BatchHandler): BatchHandler =>
      async (batch, signal) => {
        const startedMs = performance.now();
        let outcome = 'failed';
        try {
          await handler(batch, signal);
          outcome = 'handled';
        } finally {
          records.add(batch.length, { group, outcome });
          size.record(batch.length, { group });
          seconds.record((performance.now() - startedMs) / 1000, { group });
        }
      },
  };
}
