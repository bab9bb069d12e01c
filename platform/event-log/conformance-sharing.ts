import { expect, it } from 'vitest';
import { collect, expectOrderPerKey, pause, record, textOf, until, type Bench } from './conformance-bench.ts';
import type { Consumer, LogRecord } from './index.ts';

const slow = () => pause(5);

const failing = (records: readonly LogRecord[]) =>
  records.some((each) => each.key === 'poison') ? Promise.reject(new Error('poison')) : Promise.resolve();

const keys = 24;

/** Appends one more record for each key, numbered from 0. */
function createRounds(bench: Bench) {
  let rounds = 0;
  return {
    append: async () => {
      const number = String(rounds);
      rounds += 1;
      await bench.log().append(Array.from({ length: keys }, (_, key) => record(`key-${key}`, number)));
    },
    count: () => rounds,
    records: () => rounds * keys,
  };
}

export function groupsShare(bench: Bench): void {
  it('shares partitions between two members and hands them over when one leaves', async () => {
    const rounds = createRounds(bench);
    const one = collect(bench.log(), { maxBatch: 5 }, slow);
    const two = collect(bench.log(), { maxBatch: 5 }, slow);
    // Until both have joined; how long that takes is the engine's.
    await until(async () => {
      await rounds.append();
      return one.got.length > 0 && two.got.length > 0;
    }, 'records for both');
    await until(() => one.got.length + two.got.length >= rounds.records(), 'all of them');
    await one.consumer.stop();
    const before = one.got.length;
    await rounds.append();
    await rounds.append();
    await until(() => before + two.got.length >= rounds.records(), 'the other alone');
    await pause(50);
    expect(one.got.length).toBe(before);
    // Members run side by side, so the order of a key is looked at by offset within each of them.
    const all = [...one.got, ...two.got].toSorted((a, b) => (a.offset < b.offset ? -1 : 1));
    expect(all.length).toBe(rounds.records());
    expectOrderPerKey(all, keys, rounds.count());
    for (const { got } of [one, two]) {
      for (const records of Map.groupBy(got, (each) => each.key).values()) {
        const numbers = records.map((each) => Number(textOf(each)));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }
  });

  it('lets the other partitions go on while one batch keeps failing', async () => {
    const one = collect(bench.log(), { maxBatch: 1 }, failing);
    const two = collect(bench.log(), { maxBatch: 1 }, failing);
    await pause(50);
    await bench.log().append([record('poison', 'x')]);
    await bench.log().append(Array.from({ length: 48 }, (_, n) => record(`k${n}`, String(n))));
    await until(() => one.got.length + two.got.length >= 15, 'the healthy half');
    expect([...one.got, ...two.got].some((each) => each.key === 'poison')).toBe(false);
  });
}

export function membersComeAndGo(bench: Bench): void {
  it('handles each record once and in order while members come and go', async () => {
    const rounds = createRounds(bench);
    const handled: LogRecord[] = [];
    const join = (): Consumer =>
      bench.log().consume({ group: 'g', topics: ['raw.test'], maxBatch: 20 }, async (records) => {
        await pause(3);
        handled.push(...records);
      });
    const flow = async (times: number) => {
      for (let n = 0; n < times; n += 1) {
        await rounds.append();
        await pause(15);
      }
    };
    const first = join();
    await flow(20);
    const second = join();
    await flow(40);
    const third = join();
    await flow(20);
    await first.stop();
    await flow(20);
    await Promise.all([second.stop(), flow(40)]);
    await until(() => handled.length >= rounds.records(), 'all of them');
    await third.stop();
    expectOrderPerKey(handled, keys, rounds.count());
  });
}
