import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { openPostgresEventLog, type LogRecord, type NewRecord, type PostgresEventLog } from './index.ts';

const record = (key: string, n: number): NewRecord => ({
  topic: 'flags.changed.v1',
  key,
  value: Buffer.from(String(n)),
  headers: { tenant: 'ten_a' },
});
const numberOf = (each: LogRecord) => Number(Buffer.from(each.value).toString());

describe('outbox', () => {
  let postgres: Postgres;
  let eventLog: PostgresEventLog;
  let got: LogRecord[];

  beforeEach(async () => {
    postgres = await openTestDatabase();
    eventLog = await openPostgresEventLog({
      postgres,
      clock: systemClock,
      log: createSilentLog(),
      pollMs: 60_000,
    });
    got = [];
    const consumer = eventLog.consume({ group: 'g', topics: ['flags.*'], maxBatch: 100 }, (records) => {
      got.push(...records);
      return Promise.resolve();
    });
    await consumer.lag();
  });
  afterEach(async () => {
    await eventLog.close();
    await postgres.close();
  });

  async function reach(count: number): Promise<void> {
    for (let wait = 0; wait < 500 && got.length < count; wait += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    expect(got.length).toBe(count);
  }

  it('moves committed records to the log without waiting for the poll, with all their parts', async () => {
    await postgres.asTenant('ten_a', (tx) =>
      eventLog.outbox.add(tx, [record('emp_1', 1), record('emp_2', 2)]),
    );
    await reach(2);
    expect(got[0]).toMatchObject({ topic: 'flags.changed.v1', key: 'emp_1', headers: { tenant: 'ten_a' } });
    expect(got.map(numberOf)).toEqual([1, 2]);
    const { rows } = await postgres.pool.query('select count(*)::int as left from outbox');
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('moves nothing of a transaction that rolls back', async () => {
    const failed = postgres.asTenant('ten_a', async (tx) => {
      await eventLog.outbox.add(tx, [record('emp_1', 1)]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await postgres.asTenant('ten_a', (tx) => eventLog.outbox.add(tx, [record('emp_1', 2)]));
    await reach(1);
    expect(got.map(numberOf)).toEqual([2]);
  });

  it('keeps the order of a key over many transactions', async () => {
    for (let n = 0; n < 200; n += 1) {
      await postgres.asTenant('ten_a', (tx) => eventLog.outbox.add(tx, [record(`emp_${n % 3}`, n)]));
    }
    await eventLog.outbox.drained();
    await reach(200);
    expect(got.map(numberOf)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('moves what a former process left behind', async () => {
    await eventLog.close();
    await postgres.pool.query(
      `insert into outbox (partition, topic, key, headers, value) values (0, 'flags.changed.v1', 'k', '{}', '7')`,
    );
    eventLog = await openPostgresEventLog({ postgres, clock: systemClock, log: createSilentLog() });
    await eventLog.outbox.drained();
    const records = await eventLog.read('flags.changed.v1', 0, 0n, 10);
    expect(records.map(numberOf)).toEqual([7]);
  });

  it('lets a tenant add, and neither read nor take away', async () => {
    for (const statement of [
      'select * from outbox',
      'delete from outbox',
      'select * from event_log',
      'delete from event_log',
      "select nextval('event_log_position')",
    ]) {
      const attempt = postgres.asTenant('ten_a', (tx) => sql.raw(statement).execute(tx));
      await expect(attempt).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('names the mistake when a transaction is opened, or a record appended, inside a transaction', async () => {
    const nested = postgres.asTenant('ten_a', () => postgres.asTenant('ten_a', () => Promise.resolve(1)));
    await expect(nested).rejects.toMatchObject({ code: 'postgres.nested_transaction' });
    const append = postgres.asTenant('ten_a', () => eventLog.append([record('k', 1)]));
    await expect(append).rejects.toMatchObject({ code: 'event_log.append_in_transaction' });
    expect(() => postgres.afterCommit(() => {})).toThrow('postgres.no_transaction');
  });
});
