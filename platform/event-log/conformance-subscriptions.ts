import { expect, it } from 'vitest';
import { collect, pause, readAll, record, textOf, until, type Bench } from './conformance-bench.ts';

/** Which records a group gets, and from where on. */
export function subscriptions(bench: Bench): void {
  it('gives a group of every process what comes after its start, and nothing of it stays behind', async () => {
    await bench.log().append([record('k', 'before')]);
    const live = { group: 'live', everyProcess: true };
    const first = collect(bench.log(), live);
    await until(async () => (await first.consumer.lag()) === 0, 'the start');
    await bench.log().append([record('k', 'one'), record('l', 'two')]);
    await first.reach(2);
    expect(first.got.map(textOf).toSorted()).toEqual(['one', 'two']);
    await until(async () => (await first.consumer.lag()) === 0, 'no lag');

    await first.consumer.stop();
    await bench.log().append([record('k', 'while away')]);
    const later = collect(await bench.restart(), live);
    await until(async () => (await later.consumer.lag()) === 0, 'the second start');
    await bench.log().append([record('k', 'three')]);
    await later.reach(1);
    expect(later.got.map(textOf)).toEqual(['three']);

    await bench.expire();
    expect(await readAll(bench.log(), 'raw.test')).toEqual([]);
  });

  it('follows a prefix, also to topics that appear later, and nothing else', async () => {
    const { got, reach } = collect(bench.log(), { topics: ['compliance.*'] });
    await bench.log().append([record('k', '0', 'compliance.dot'), record('k', 'x', 'complianceX')]);
    await reach(1);
    await bench.log().append([record('k', '1', 'compliance.health.case'), record('k', 'y', 'raw.test')]);
    await reach(2);
    await pause(50);
    expect(got.map(textOf)).toEqual(['0', '1']);
  });

  it('takes an underscore in a prefix literally', async () => {
    const { got, reach } = collect(bench.log(), { topics: ['drug_*'] });
    await bench.log().append([record('k', 'x', 'drugs.test'), record('k', '1', 'drug_alcohol')]);
    await reach(1);
    expect(got.map(textOf)).toEqual(['1']);
  });

  it('starts a new group at the end when asked to', async () => {
    await bench.log().append([record('k', 'old')]);
    const { got, consumer, reach } = collect(bench.log(), { from: 'latest' });
    await consumer.lag();
    await bench.log().append([record('k', 'new')]);
    await reach(1);
    expect(got.map(textOf)).toEqual(['new']);
  });

  it('reads a long history with rare matches', async () => {
    for (let n = 0; n < 5; n += 1) {
      await bench.log().append(Array.from({ length: 1500 }, (_, k) => record(`k${k}`, '.', 'raw.noise')));
      await bench.log().append([record('k', String(n))]);
    }
    const { got, reach } = collect(await bench.restart(), { maxBatch: 2 });
    await reach(5);
    expect(got.map(textOf)).toEqual(['0', '1', '2', '3', '4']);
  });
}
