import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { writerLock } from './appender.ts';
import type { LogRecord } from './index.ts';
import { moveLimits } from './outbox.ts';
import { logColumns, toLogRecord, type LogRow } from './rows.ts';

/**
 * One statement takes the oldest rows and appends them: on this log the move is one commit, so nothing is relayed
 * twice. The writer lock is asked for before any row is locked (the condition is constant, so it is tested first):
 * the other way round two relays could wait for each other.
 */
const moveRows = `
  with taken as (
    delete from outbox where (select ${writerLock}) is not null and id <= (
      select max(id) from (
        select id, sum(octet_length(value)) over (order by id) - octet_length(value) as bytes_before
        from (select id, value from outbox order by id limit ${moveLimits.records}) oldest) measured
      where bytes_before < ${moveLimits.bytes})
    returning id, partition, topic, key, headers, value)
  insert into event_log (position, appended_at_ms, partition, topic, key, headers, value)
  select nextval('event_log_position'), $1::bigint, partition, topic, key, headers, value
  from (select * from taken order by id) ordered
  returning ${logColumns}`;

export interface MoveDeps {
  postgres: Postgres;
  clock: Clock;
  onCommitted(first: number, records: readonly LogRecord[]): void;
}

/** @returns whether more may be waiting: what was taken filled a limit. */
export async function moveRowsToTable({ postgres, clock, onCommitted }: MoveDeps): Promise<boolean> {
  const { rows } = await postgres.pool.query<LogRow>({
    name: 'outbox_move',
    text: moveRows,
    values: [clock.nowMs()],
  });
  const records = rows.map(toLogRecord);
  const first = records[0];
  if (first !== undefined) onCommitted(Number(first.offset), records);
  const bytes = records.reduce((sum, record) => sum + record.value.length, 0);
  return records.length >= moveLimits.records || bytes >= moveLimits.bytes;
}
