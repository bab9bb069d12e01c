import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { openSignals, type Postgres, type Signals } from '#platform/postgres';
import { createServerDatabase, type ServerDatabase } from '../../tests/support/server-database.ts';
import { eventLogConformance } from './conformance.ts';
import { pause, until } from './conformance-bench.ts';
import { openPostgresEventLog, type LogRecord, type PostgresEventLog } from './index.ts';

const log = createSilentLog();

describe('Postgres server', () => {
  eventLogConformance(async () => {
    const database = await createServerDatabase();
    const postgres = database.connect();
    let opened: PostgresEventLog | undefined;
    return {
      open: async () => (opened = await openPostgresEventLog({ postgres, clock: systemClock, log })),
      expire: async () => {
        await opened?.trim(systemClock.nowMs() + 1);
      },
      dispose: async () => {
        await postgres.close();
        await database.drop();
      },
    };
  });
});

interface Process {
  postgres: Postgres;
  signals: Signals;
  eventLog: PostgresEventLog;
}

const record = (key: string, n: number) => ({
  topic: 'raw.test',
  key,
  value: Buffer.from(String(n)),
  headers: {},
});

const write = async ({ postgres, eventLog }: Process, name: string) => {
  for (let n = 0; n < 150; n += 1) {
    if (n % 3 === 0)
      await postgres.asTenant('ten_a', (tx) => eventLog.outbox.add(tx, [record(`${name}-out`, n)]));
    else await Promise.all([eventLog.append([record(name, n)]), eventLog.append([record(`${name}-b`, n)])]);
  }
  await eventLog.outbox.drained();
};

describe('several processes on one server', () => {
  let database: ServerDatabase;
  let processes: Process[];

  async function start(options: { pollMs?: number; relay?: boolean } = {}): Promise<Process> {
    const postgres = database.connect();
    const signals = await openSignals({ postgres, log });
    const processName = `process-${processes.length}`;
    const eventLog = await openPostgresEventLog({
      postgres,
      clock: systemClock,
      log,
      processName,
      signals,
      pollMs: 50,
      ...options,
    });
    const made = { postgres, signals, eventLog };
    processes.push(made);
    return made;
  }

  beforeEach(async () => {
    database = await createServerDatabase();
    processes = [];
  });
  afterEach(async () => {
    for (const { eventLog, signals, postgres } of processes) {
      await eventLog.close();
      await signals.close();
      await postgres.close();
    }
    await database.drop();
  });

  it('never skips a record while three of them append and relay at once', async () => {
    const [one, two, three] = [await start(), await start(), await start()];
    const got: LogRecord[] = [];
    one.eventLog.consume({ group: 'reader', topics: ['raw.*'], maxBatch: 20 }, (records) => {
      got.push(...records);
      return Promise.resolve();
    });
    await Promise.all([write(one, 'a'), write(two, 'b'), write(three, 'c')]);
    await until(() => got.length >= 750, '750 records');
    await pause(200);
    expect(got.length).toBe(750);
    for (const records of Map.groupBy(got, (each) => each.key).values()) {
      const numbers = records.map((each) => Number(Buffer.from(each.value).toString()));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('keeps the order of positions when a transaction that added records commits late', async () => {
    const [one, two] = [await start(), await start()];
    const got: number[] = [];
    two.eventLog.consume({ group: 'reader', topics: ['raw.*'], maxBatch: 20 }, (records) => {
      got.push(...records.map((each) => Number(Buffer.from(each.value).toString())));
      return Promise.resolve();
    });
    const gate = Promise.withResolvers<undefined>();
    const added = Promise.withResolvers<undefined>();
    const adding = one.postgres.asTenant('ten_a', async (tx) => {
      await one.eventLog.outbox.add(tx, [record('k', 1)]);
      added.resolve(undefined);
      await gate.promise;
    });
    await added.promise;
    const appending = two.eventLog.append([record('k', 2)]);
    await pause(300);
    expect(got).toEqual([]);
    gate.resolve(undefined);
    await Promise.all([adding, appending]);
    await until(() => got.length === 2, 'both');
    expect(got).toEqual([1, 2]);
  });

  it('shares the partitions of a group and takes over from one that closes', async () => {
    const seen = new Map<string, number[]>();
    const consume = (name: string, { eventLog }: Process) =>
      eventLog.consume({ group: 'shared', topics: ['raw.*'], maxBatch: 10 }, (records) => {
        for (const each of records) {
          seen.set(name, [...(seen.get(name) ?? []), Number(Buffer.from(each.value).toString())]);
        }
        return Promise.resolve();
      });
    const [one, two] = [await start(), await start()];
    consume('one', one);
    consume('two', two);
    // Until both know of each other.
    const owners = async () => {
      const { rows } = await one.postgres.pool.query<{ count: number }>(
        'select count(distinct owner)::int as count from event_log_offsets where owner is not null',
      );
      return rows[0]?.count;
    };
    await until(async () => (await owners()) === 2, 'two owners');
    const append = (from: number) =>
      one.eventLog.append(Array.from({ length: 60 }, (_, n) => record(`k${n}`, from + n)));
    const all = () => [...seen.values()].flat();
    await append(0);
    await until(() => new Set(all()).size === 60, 'both');
    expect([...seen.keys()].toSorted()).toEqual(['one', 'two']);

    await two.eventLog.close();
    const before = seen.get('two')?.length;
    await append(60);
    await until(() => new Set(all()).size === 120, 'one alone');
    expect(seen.get('two')?.length).toBe(before);
    expect(all().length).toBe(120);
  });

  it('wakes the readers of other processes, however rarely they look by themselves', async () => {
    const [writer, reader] = [await start({ pollMs: 60_000 }), await start({ pollMs: 60_000, relay: false })];
    const got: LogRecord[] = [];
    const consumer = reader.eventLog.consume(
      { group: 'live', topics: ['raw.*'], maxBatch: 10, everyProcess: true },
      (records) => {
        got.push(...records);
        return Promise.resolve();
      },
    );
    await until(async () => (await consumer.lag()) === 0, 'the start');
    await writer.eventLog.append([record('appended', 1)]);
    await until(() => got.length === 1, 'the append of the other process');
    await reader.postgres.asTenant('ten_a', (tx) => reader.eventLog.outbox.add(tx, [record('relayed', 2)]));
    await until(() => got.length === 2, 'the outbox that the other process relays');
    await reader.eventLog.outbox.drained();
  });

  it('shows every process every record where that is asked, and leaves no rows', async () => {
    const one = await start();
    const both = [one, await start()];
    const counts = [0, 0];
    const consumers = both.map(({ eventLog }, at) =>
      eventLog.consume({ group: 'live', topics: ['raw.*'], maxBatch: 10, everyProcess: true }, (records) => {
        counts[at] = (counts[at] ?? 0) + records.length;
        return Promise.resolve();
      }),
    );
    for (const consumer of consumers) await until(async () => (await consumer.lag()) === 0, 'the start');
    await one.eventLog.append(Array.from({ length: 30 }, (_, n) => record(`k${n}`, n)));
    await until(() => counts.every((count) => count === 30), 'both');
    const { rows } = await one.postgres.pool.query('select 1 from event_log_offsets');
    expect(rows).toEqual([]);
  });

  it('hears others again after its connection was cut', async () => {
    const [one, two] = [await start(), await start()];
    const heard: string[] = [];
    let missed = 0;
    one.signals.listen(
      'test',
      (payload) => heard.push(payload),
      () => (missed += 1),
    );
    await two.signals.send('test', 'before');
    await until(() => heard.length === 1, 'a message');
    await two.postgres.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`,
    );
    await until(() => missed === 1, 'the new connection');
    await two.signals.send('test', 'after');
    await until(() => heard.length === 2, 'a message again');
    expect(heard).toEqual(['before', 'after']);
  });
});
