import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  collect,
  createBench,
  expectOrderPerKey,
  pause,
  readAll,
  record,
  textOf,
  until,
  type Bench,
  type LogHome,
} from './conformance-bench.ts';
import { groupsShare, membersComeAndGo } from './conformance-sharing.ts';
import { subscriptions } from './conformance-subscriptions.ts';

/** What every engine of the event log must do. Call inside a test file. */
export function eventLogConformance(makeHome: () => Promise<LogHome>): void {
  const bench = createBench(makeHome);
  describe('event log conformance', () => {
    beforeEach(bench.start);
    afterEach(bench.end);
    appendAndRead(bench);
    deliver(bench);
    survive(bench);
    groupsShare(bench);
    membersComeAndGo(bench);
    subscriptions(bench);
  });
}

function appendAndRead(bench: Bench): void {
  it('keeps value bytes, key, headers and time', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const headers = {
      'content-type': 'application/json',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'ümläut "quoted"': 'a,b{c}\n',
    };
    await bench.log().append([{ topic: 'raw.test', key: 'k"\\,{}\'', value, headers }]);
    const { got, reach } = collect(bench.log());
    await reach(1);
    expect(got[0]).toMatchObject({ topic: 'raw.test', key: 'k"\\,{}\'', headers });
    expect(Buffer.from(got[0]?.value ?? []).equals(Buffer.from(value))).toBe(true);
    expect(got[0]?.appendedAtMs).toBeGreaterThan(0);
  });

  it('reads a partition from an offset, in order', async () => {
    for (let n = 0; n < 5; n += 1) await bench.log().append([record('same', String(n))]);
    const all = await readAll(bench.log(), 'raw.test');
    expect(all.map(textOf)).toEqual(['0', '1', '2', '3', '4']);
    const third = all[2];
    const again = await bench.log().read('raw.test', third?.partition ?? 0, third?.offset ?? 0n, 2);
    expect(again.map(textOf)).toEqual(['2', '3']);
  });

  it('lists topics with their partitions and records', async () => {
    await bench
      .log()
      .append([record('a', '1', 'raw.one'), record('b', '2', 'raw.two'), record('c', '3', 'raw.two')]);
    const topics = await bench.log().topics();
    expect(topics.map(({ topic, records }) => [topic, records])).toEqual([
      ['raw.one', 1],
      ['raw.two', 2],
    ]);
    expect(topics.every(({ partitions }) => partitions >= 2)).toBe(true);
  });

  it('carries messages of several megabytes and empty ones', async () => {
    const big = 'x'.repeat(5_000_000);
    const large = { ...record('k', big), headers: {} };
    await Promise.all([bench.log().append([large]), bench.log().append([record('k', '')])]);
    const { got, reach } = collect(bench.log());
    await reach(2);
    expect(got.map((each) => each.value.length)).toEqual([5_000_000, 0]);
  });

  it('carries twenty bodies of a mebibyte in one call, in order', async () => {
    const body = 'x'.repeat(1024 * 1024 - 8);
    const bodies = Array.from({ length: 20 }, (_, n) => `${String(n).padStart(8, '0')}${body}`);
    await bench.log().append(bodies.map((text) => ({ ...record('k', text), headers: {} })));
    const { got, reach } = collect(bench.log());
    await reach(20);
    expect(got.map((each) => textOf(each).slice(0, 8))).toEqual(bodies.map((text) => text.slice(0, 8)));
    expect(got.every((each) => each.value.length === 1024 * 1024)).toBe(true);
  });

  it('refuses a topic name that is none, and only that call', async () => {
    const good = bench.log().append([record('k', 'good')]);
    await expect(bench.log().append([record('k', 'bad', 'raw test')])).rejects.toMatchObject({
      code: 'event_log.topic_invalid',
    });
    await good;
    expect((await readAll(bench.log(), 'raw.test')).map(textOf)).toEqual(['good']);
  });
}

function deliver(bench: Bench): void {
  it('keeps the order of a key under concurrent callers', async () => {
    const { got, reach } = collect(bench.log());
    await Promise.all(
      Array.from({ length: 20 }, async (_, key) => {
        for (let n = 0; n < 25; n += 1) await bench.log().append([record(`key-${key}`, String(n))]);
      }),
    );
    await reach(500);
    await pause(50);
    expect(got.length).toBe(500);
    expectOrderPerKey(got, 20, 25);
    const offsets = Map.groupBy(got, (each) => each.partition);
    for (const records of offsets.values()) {
      expect(records.every((each, at) => at === 0 || each.offset > (records[at - 1]?.offset ?? 0n))).toBe(
        true,
      );
    }
  });

  it('hands over at most maxBatch records at once', async () => {
    await bench.log().append(Array.from({ length: 40 }, (_, n) => record(`k${n}`, String(n))));
    const sizes: number[] = [];
    const { reach } = collect(bench.log(), { maxBatch: 7 }, (records) => {
      sizes.push(records.length);
      return Promise.resolve();
    });
    await reach(40);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
  });

  it('gives every group every record', async () => {
    const one = collect(bench.log(), { group: 'one' });
    const two = collect(bench.log(), { group: 'two' });
    await bench.log().append(Array.from({ length: 30 }, (_, n) => record(`k${n}`, String(n))));
    await Promise.all([one.reach(30), two.reach(30)]);
    expect(new Set(one.got.map(textOf)).size).toBe(30);
    expect(new Set(two.got.map(textOf)).size).toBe(30);
  });

  it('brings the same records again after the handler failed, in order', async () => {
    const tries: string[][] = [];
    const { got, reach } = collect(bench.log(), {}, (records) => {
      tries.push(records.map(textOf));
      return tries.length < 3 ? Promise.reject(new Error('not now')) : Promise.resolve();
    });
    await bench.log().append([record('k', '0'), record('k', '1')]);
    await reach(2);
    expect(tries.slice(0, 3)).toEqual([tries[0], tries[0], tries[0]]);
    expect(got.map(textOf)).toEqual(['0', '1']);
  });

  it('reports the lag of a group', async () => {
    await bench.log().append(Array.from({ length: 10 }, (_, n) => record(`k${n}`, String(n))));
    let open = false;
    const { consumer, reach } = collect(bench.log(), {}, () => until(() => open, 'the gate'));
    expect(await consumer.lag()).toBe(10);
    expect(await bench.log().lag({ group: 'g', topics: ['raw.test'] })).toBe(10);
    open = true;
    await reach(10);
    await until(async () => (await consumer.lag()) === 0, 'lag 0');
  });
}

function survive(bench: Bench): void {
  it('goes on after a restart where the group stood', async () => {
    await bench.log().append([record('k', '0'), record('k', '1')]);
    const first = collect(bench.log());
    await first.reach(2);
    await first.consumer.stop();
    await bench.log().append([record('k', '2')]);
    const log = await bench.restart();
    await log.append([record('k', '3')]);
    const second = collect(log);
    await second.reach(2);
    await pause(100);
    expect(second.got.map(textOf)).toEqual(['2', '3']);
  });

  it('brings records again that were being handled when the consumer stopped', async () => {
    const first = collect(bench.log(), {}, () => Promise.reject(new Error('down')));
    await bench.log().append([record('k', '0')]);
    await pause(50);
    await first.consumer.stop();
    const second = collect(await bench.restart());
    await second.reach(1);
    expect(second.got.map(textOf)).toEqual(['0']);
  });

  it('waits for the running batch when it stops, and commits it', async () => {
    let begun = false;
    const { got, consumer } = collect(bench.log(), {}, async () => {
      begun = true;
      await pause(100);
    });
    await bench.log().append([record('k', '0')]);
    await until(() => begun, 'the batch');
    await consumer.stop();
    expect(got.length).toBe(1);
    const again = collect(bench.log());
    await bench.log().append([record('k', '1')]);
    await again.reach(1);
    expect(again.got.map(textOf)).toEqual(['1']);
  });

  it('removes old records by retention and goes on', async () => {
    const { consumer, reach } = collect(bench.log());
    await bench.log().append(Array.from({ length: 20 }, (_, n) => record(`k${n}`, String(n))));
    await reach(20);
    await until(async () => (await consumer.lag()) === 0, 'lag 0');
    await bench.expire();
    expect(await readAll(bench.log(), 'raw.test')).toEqual([]);
    await bench.log().append([record('k', 'after')]);
    await reach(21);
    const log = await bench.restart();
    expect((await readAll(log, 'raw.test')).map(textOf)).toEqual(['after']);
  });

  it('refuses to append once it is closed', async () => {
    await bench.log().close();
    await expect(bench.log().append([record('k', '0')])).rejects.toMatchObject({ kind: 'unavailable' });
  });
}
