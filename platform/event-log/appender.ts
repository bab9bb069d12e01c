import type { Pool, PoolClient } from 'pg';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { toPostgresError } from '#platform/postgres';
import { createCallQueue, type AppendCall } from './call-queue.ts';
import type { LogRecord, NewRecord } from './index.ts';
import { asAppended, checkRecords, packRecords } from './rows.ts';

/** Taken by every writer from nextval until commit; see migration 0002. */
export const writerLock = `pg_advisory_xact_lock(hashtext('plumbline.event_log'))`;

const appendRecords = `select event_log_append($1, $2, $3, $4, $5, $6) as first`;

export interface Appender {
  append(records: readonly NewRecord[]): Promise<void>;
  /** Resolves when nothing is waiting to be written. */
  drained(): Promise<void>;
}

export interface AppenderDeps {
  pool: Pool;
  clock: Clock;
  partitions: number;
  /** Called after each commit, with the position of the first record. */
  onCommitted(first: number, records: readonly LogRecord[]): void;
}

/**
 * Group commit: while one commit runs, the next batch gathers by itself. There is no waiting window: it would cost
 * rate and gain nothing.
 */
export function createAppender(deps: AppenderDeps): Appender {
  const queue = createCallQueue();
  let pumping: Promise<void> | undefined;

  async function pump(): Promise<void> {
    while (!queue.isEmpty()) {
      try {
        // The batch is taken after the wait for the connection: whatever arrived meanwhile goes along.
        const client = await deps.pool.connect();
        try {
          await commitEach(deps, client, queue.takeCommit());
        } finally {
          client.release();
        }
      } catch (caught) {
        const error = toPostgresError(caught);
        for (const call of queue.takeAll()) call.reject(error);
      }
    }
    pumping = undefined;
  }

  return {
    append: async (records) => {
      if (records.length === 0) return;
      checkRecords(records);
      const done = queue.add(records);
      pumping ??= pump();
      await done;
    },
    drained: () => pumping ?? Promise.resolve(),
  };
}

/** Commits the calls together; if the engine refuses them, one by one, so that one caller cannot fail the others. */
async function commitEach(
  deps: AppenderDeps,
  client: PoolClient,
  calls: readonly AppendCall[],
): Promise<void> {
  try {
    await commit(deps, client, calls);
  } catch (caught) {
    const error = toPostgresError(caught);
    const unreachable = error instanceof PlumblineError && error.kind === 'unavailable';
    if (calls.length === 1 || unreachable) {
      for (const call of calls) call.reject(error);
      return;
    }
    for (const call of calls) await commitEach(deps, client, [call]);
  }
}

async function commit(deps: AppenderDeps, client: PoolClient, calls: readonly AppendCall[]): Promise<void> {
  const records = calls.flatMap((call) => call.records);
  const appendedAtMs = deps.clock.nowMs();
  const { rows } = await client.query<{ first: string }>({
    name: 'event_log_append',
    text: appendRecords,
    values: [appendedAtMs, ...packRecords(records, deps.partitions)],
  });
  const first = Number(rows[0]?.first);
  for (const call of calls) call.resolve();
  deps.onCommitted(first, asAppended(records, { first, appendedAtMs, partitions: deps.partitions }));
}
