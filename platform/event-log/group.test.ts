import { describe, expect, it } from 'vitest';
import { createGroup } from './group.ts';
import type { LogRecord } from './index.ts';
import type { Member } from './sharing.ts';
import { createTopicFilter } from './topic-filter.ts';

const record = (offset: number, partition: number): LogRecord => ({
  topic: 't',
  key: 'k',
  value: Buffer.alloc(0),
  headers: {},
  partition,
  offset: BigInt(offset),
  appendedAtMs: 0,
});

function setUp(records: LogRecord[], head: number) {
  const saved: [number, number][] = [];
  let shared = 0;
  const group = createGroup({
    name: 'g',
    topics: ['t'],
    filter: createTopicFilter(['t']),
    find: ({ partitions, after, limit }) => {
      const found = records.filter((each) => partitions.has(each.partition) && Number(each.offset) > after);
      const cut = found.slice(0, limit);
      return Promise.resolve({
        records: cut,
        scannedTo: cut.length === limit ? Number(cut.at(-1)?.offset) : head,
      });
    },
    save: (_, partition, position) => saved.push([partition, position]),
    onShared: () => (shared += 1),
  });
  group.own(new Map([0, 1, 2, 3].map((partition) => [partition, 0])));
  return { group, saved, shared: () => shared };
}

function member(maxBatch = 10): Member & { woken: number } {
  const made = { maxBatch, woken: 0, wake: () => (made.woken += 1) };
  return made;
}

describe('consumer group', () => {
  it('tells when it reads other partitions than before, and only then', () => {
    const { group, shared } = setUp([], 0);
    const before = shared();
    group.own(new Map([0, 1, 2, 3].map((partition) => [partition, 7])));
    expect(shared()).toBe(before);
    group.own(new Map([0, 1].map((partition) => [partition, 7])));
    group.own(new Map([0, 1, 2].map((partition) => [partition, 7])));
    expect(shared()).toBe(before + 2);
  });

  it('gives a member what is free and nothing twice while it is being handled', async () => {
    const { group } = setUp([record(1, 0), record(2, 1)], 2);
    const one = member();
    group.join(one);
    const batch = await group.take(one);
    expect(batch?.records.length).toBe(2);
    const late = member();
    group.join(late);
    expect(await group.take(late)).toBeUndefined();
  });

  it('gives an unhandled batch again, to whoever reads its partition then', async () => {
    const { group, saved } = setUp([record(1, 1)], 1);
    const one = member();
    group.join(one);
    const batch = await group.take(one);
    const two = member();
    group.join(two);
    const wokenBefore = two.woken;
    if (batch !== undefined) group.finish(one, batch, false);
    expect(two.woken).toBe(wokenBefore + 1);
    expect((await group.take(two))?.records.map((each) => each.offset)).toEqual([1n]);
    expect(saved).toEqual([]);
  });

  it('saves where a partition had records and not where it was passed over', async () => {
    const { group, saved } = setUp([record(3, 2)], 9);
    const one = member();
    group.join(one);
    const batch = await group.take(one);
    if (batch !== undefined) group.finish(one, batch, true);
    expect(saved).toEqual([[2, 9]]);
    group.saveAll();
    expect(saved.toSorted(([a], [b]) => a - b)).toEqual([0, 1, 2, 3].map((partition) => [partition, 9]));
  });

  it('does not move a partition that went to another process meanwhile', async () => {
    const { group, saved } = setUp([record(1, 0), record(2, 1)], 2);
    const one = member();
    group.join(one);
    const batch = await group.take(one);
    group.own(new Map([[0, 0]]));
    if (batch !== undefined) group.finish(one, batch, true);
    expect(saved).toEqual([[0, 2]]);
  });

  it('does not give records again that a rebalanced partition already had', async () => {
    const records = [record(1, 0), record(2, 1), record(3, 0)];
    const fresh = setUp(records, 3).group;
    fresh.own(new Map());
    fresh.own(
      new Map([
        [0, 1],
        [1, 0],
      ]),
    );
    const one = member();
    fresh.join(one);
    expect((await fresh.take(one))?.records.map((each) => each.offset)).toEqual([2n, 3n]);
  });
});
