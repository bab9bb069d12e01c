import { describe, expect, test } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { change } from '../testing.ts';
import { createHistory } from './history.ts';

const tenantId = createCountingIds().next('tenant');
const numbered = (sequence: number) => change({ tenantId, sequence });
const sequencesOf = (changes: readonly { sequence: number }[]) => changes.map((one) => one.sequence);

function stored(upTo: number, from = 1) {
  const rows = Array.from({ length: upTo - from + 1 }, (_, at) => numbered(from + at));
  const reads: number[] = [];
  return {
    reads,
    rows,
    head: () => Promise.resolve(rows.at(-1)?.sequence ?? 0),
    since: (_tenant: string, after: number, limit: number) => {
      reads.push(after);
      return Promise.resolve(rows.filter((row) => row.sequence > after).slice(0, limit));
    },
  };
}

describe('the newest changes of a tenant', () => {
  test('the watermark waits for a change that others overtook', async () => {
    const history = createHistory(stored(3), tenantId, 100);
    await history.open();
    expect(history.add(numbered(5))).toBe(true);
    expect(history.watermark()).toBe(3);
    expect(history.hasGap()).toBe(true);
    expect(history.add(numbered(4))).toBe(true);
    expect(history.watermark()).toBe(5);
    expect(history.hasGap()).toBe(false);
  });

  test('a change that came before is not new', async () => {
    const history = createHistory(stored(3), tenantId, 100);
    await history.open();
    expect(history.add(numbered(3))).toBe(false);
    history.add(numbered(4));
    expect(history.add(numbered(4))).toBe(false);
  });

  test('what was missed is read from the database once, for all who ask', async () => {
    const database = stored(50);
    const history = createHistory(database, tenantId, 100);
    await history.open();
    await Promise.all([history.reach(20), history.reach(20), history.reach(30)]);
    expect(database.reads).toEqual([20]);
    expect(sequencesOf(history.since(47))).toEqual([48, 49, 50]);
  });

  test('a gap wider than what is kept is out of reach', async () => {
    const history = createHistory(stored(50), tenantId, 10);
    await history.open();
    expect(await history.reach(39)).toBe(false);
    expect(await history.reach(40)).toBe(true);
    expect(history.covers(40)).toBe(true);
  });

  test('a stretch that the database no longer holds is not claimed', async () => {
    const history = createHistory(stored(50, 45), tenantId, 100);
    await history.open();
    await history.reach(40);
    expect(history.covers(40)).toBe(false);
  });

  test('a resume id from the future is known only if the database got so far', async () => {
    const database = stored(5);
    const history = createHistory(database, tenantId, 100);
    await history.open();
    expect(await history.reach(7)).toBe(false);
    database.rows.push(numbered(6), numbered(7));
    expect(await history.reach(7)).toBe(true);
  });

  test('a gap is filled from the database', async () => {
    const database = stored(3);
    const history = createHistory(database, tenantId, 100);
    await history.open();
    database.rows.push(numbered(4), numbered(5), numbered(6));
    history.add(numbered(6));
    const found = await history.fillGap();
    expect(sequencesOf(found)).toEqual([4, 5, 6]);
    for (const one of found) history.add(one);
    expect(history.watermark()).toBe(6);
  });

  test('only the newest are kept', async () => {
    const history = createHistory(stored(0), tenantId, 3);
    await history.open();
    for (let sequence = 1; sequence <= 10; sequence += 1) history.add(numbered(sequence));
    expect(sequencesOf(history.since(0))).toEqual([8, 9, 10]);
    expect(history.covers(6)).toBe(false);
    expect(history.covers(7)).toBe(true);
  });
});
