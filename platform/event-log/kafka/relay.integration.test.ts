import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../../tests/support/database.ts';
import type { NewRecord } from '../index.ts';
import { createOutbox, type RelayedOutbox } from '../outbox.ts';
import { publishRows } from './relay.ts';

const record = (key: string, n: number): NewRecord => ({
  topic: 'flags.changed.v1',
  key,
  value: Buffer.from(String(n)),
  headers: { tenant: 'ten_a' },
});

describe('relay of the outbox to a log elsewhere', () => {
  let postgres: Postgres;
  let outbox: RelayedOutbox;
  let published: string[];
  let fault: Error | undefined;

  beforeEach(async () => {
    postgres = await openTestDatabase();
    published = [];
    fault = undefined;
    const publish = (records: readonly NewRecord[]) => {
      for (const { key, value } of records) published.push(`${key}${Buffer.from(value).toString()}`);
      return fault === undefined ? Promise.resolve() : Promise.reject(fault);
    };
    outbox = createOutbox({
      postgres,
      partitions: 12,
      mostBytes: 1000,
      moveOnce: () => publishRows(postgres, publish),
      log: createSilentLog(),
      pollMs: 60_000,
      relay: true,
      signals: null,
    });
  });
  afterEach(async () => {
    await outbox.stop();
    await postgres.close();
  });

  const add = (...records: NewRecord[]) => postgres.asTenant('ten_a', (tx) => outbox.add(tx, records));
  const left = async () => {
    const { rows } = await postgres.pool.query<{ count: string }>('select count(*) from outbox');
    return Number(rows[0]?.count);
  };

  it('publishes in the order of adding and then deletes', async () => {
    for (let n = 0; n < 20; n += 1) await add(record('a', n), record('b', n));
    await outbox.drained();
    expect(published).toEqual(Array.from({ length: 20 }, (_, n) => [`a${n}`, `b${n}`]).flat());
    expect(await left()).toBe(0);
  });

  it('publishes again what the log may not have, and nothing of a change that rolled back', async () => {
    fault = new Error('no answer');
    await add(record('a', 0), record('a', 1));
    await expect(outbox.drained()).rejects.toThrow('no answer');
    await expect(
      postgres.asTenant('ten_a', async (tx) => {
        await outbox.add(tx, [record('a', 9)]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await left()).toBe(2);
    fault = undefined;
    published = [];
    await outbox.drained();
    expect(published).toEqual(['a0', 'a1']);
    expect(await left()).toBe(0);
  });

  it('moves more than one batch', async () => {
    await add(...Array.from({ length: 2300 }, (_, n) => record('k', n)));
    await outbox.drained();
    expect(published).toEqual(Array.from({ length: 2300 }, (_, n) => `k${n}`));
  });

  it('refuses a record that the log would refuse, in the transaction that adds it', async () => {
    const large = { ...record('k', 0), value: Buffer.alloc(1001) };
    await expect(add(large)).rejects.toMatchObject({ code: 'event_log.record_too_large' });
  });
});
