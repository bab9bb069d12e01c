import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
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

  async function start(): Promise<Process> {
    const postgres = database.connect();
    const processName = `process-${processes.length}`;
    const eventLog = await openPostgresEventLog({
      postgres,
      clock: systemClock,
      log,
      processName,
      pollMs: 50,
    });
    const made = { postgres, eventLog };
    processes.push(made);
    return made;
  }

  beforeEach(async () => {
    database = await createServerDatabase();
    processes = [];
  });
  afterEach(async () => {
    for (const { eventLog, postgres } of processes) {
      await eventLog.close();
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
});
