import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { LogRecord, Outbox } from './index.ts';
import { asAppended, checkRecords, packRecords } from './rows.ts';

export interface DirectOutboxDeps {
  postgres: Postgres;
  clock: Clock;
  partitions: number;
  onCommitted(first: number, records: readonly LogRecord[]): void;
}

/**
 * The outbox of a log that lies in the same database: records go into the log itself, in the caller's transaction, and
 * nothing is left to relay. Readers of this process get them from memory once the transaction has committed.
 */
export function createDirectOutbox({ postgres, clock, partitions, onCommitted }: DirectOutboxDeps): Outbox {
  return {
    add: async (tx, records) => {
      if (records.length === 0) return;
      checkRecords(records);
      const appendedAtMs = clock.nowMs();
      const { rows } = await sql<{ first: string }>`
        select event_log_append(${sql.join([appendedAtMs, ...packRecords(records, partitions)])}) as first`.execute(
        tx,
      );
      const first = Number(rows[0]?.first);
      postgres.afterCommit(() =>
        onCommitted(first, asAppended(records, { first, appendedAtMs, partitions })),
      );
    },
  };
}
