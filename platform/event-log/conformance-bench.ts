import { expect } from 'vitest';
import type { BatchHandler, Consumer, ConsumerOptions, EventLog, LogRecord, NewRecord } from './index.ts';

/** A place where a log lives, empty at first. Opening twice in a row is a restart. */
export interface LogHome {
  open(): Promise<EventLog>;
  /** Lets retention remove everything that has been handled so far. */
  expire(log: EventLog): Promise<void>;
  dispose(): Promise<void>;
}

/** The log of the running test. */
export interface Bench {
  start: () => Promise<void>;
  end: () => Promise<void>;
  log(): EventLog;
  restart(): Promise<EventLog>;
  expire(): Promise<void>;
}

export function createBench(makeHome: () => Promise<LogHome>): Bench {
  let home: LogHome | undefined;
  let log: EventLog | undefined;
  const open = async (): Promise<EventLog> => {
    if (home === undefined) throw new Error('not started');
    return (log = await home.open());
  };
  const current = (): EventLog => {
    if (log === undefined) throw new Error('not started');
    return log;
  };
  return {
    start: async () => {
      home = await makeHome();
      await open();
    },
    end: async () => {
      await log?.close();
      await home?.dispose();
    },
    log: current,
    restart: async () => {
      await current().close();
      return open();
    },
    expire: async () => home?.expire(current()),
  };
}

export const record = (key: string, text: string, topic = 'raw.test'): NewRecord => ({
  topic,
  key,
  value: Buffer.from(text),
  headers: { n: text },
});

export const textOf = ({ value }: LogRecord) => Buffer.from(value).toString('utf8');

export async function until(
  check: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(10);
  }
}

export const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

/** Consumes into a list. */
export function collect(log: EventLog, options: Partial<ConsumerOptions> = {}, before?: BatchHandler) {
  const got: LogRecord[] = [];
  const consumer: Consumer = log.consume(
    { group: 'g', topics: ['raw.test'], maxBatch: 50, ...options },
    async (records, signal) => {
      await before?.(records, signal);
      got.push(...records);
    },
  );
  return { got, consumer, reach: (count: number) => until(() => got.length >= count, `${count} records`) };
}

/** All records of a topic, partition after partition. */
export async function readAll(log: EventLog, topic: string): Promise<LogRecord[]> {
  const found = (await log.topics()).find((each) => each.topic === topic);
  const parts = Array.from({ length: found?.partitions ?? 0 }, (_, partition) =>
    log.read(topic, partition, 0n, 10_000),
  );
  return (await Promise.all(parts)).flat();
}

/** The numbers of each key must come in the order 0, 1, 2, … */
export function expectOrderPerKey(got: readonly LogRecord[], keys: number, perKey: number): void {
  const byKey = Map.groupBy(got, (each) => each.key);
  expect(byKey.size).toBe(keys);
  const wanted = Array.from({ length: perKey }, (_, n) => String(n));
  for (const records of byKey.values()) expect(records.map(textOf)).toEqual(wanted);
}
