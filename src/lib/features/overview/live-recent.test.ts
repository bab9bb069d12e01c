import { describe, expect, it } from 'vitest';
import type { RecentChange } from '#contracts/screens/overview';
import { isNews, isWorse, withArrived } from './live-recent.ts';

const side = (flag: 'red' | 'stale' | 'yellow' | 'green' | 'none', hold = false) => ({ flag, hold });
const change = (id: string, minute: number, from = side('green'), to = side('red')): RecentChange => ({
  id,
  employeeId: null,
  name: 'Somebody',
  module: 'dot',
  from,
  to,
  summary: '',
  at: `2026-11-20T12:${String(minute).padStart(2, '0')}:00.000Z`,
});

describe('what counts', () => {
  it.each([
    [side('green'), side('yellow'), true],
    [side('none'), side('green'), false],
    [side('none'), side('yellow'), true],
    [side('yellow'), side('yellow', true), true],
    [side('red', true), side('red'), false],
    [side('red'), side('stale'), false],
  ])('%j to %j', (from, to, worse) => expect(isWorse({ from, to })).toBe(worse));
  it('is no news when only the outlook moved', () => {
    expect(isNews({ from: side('green'), to: side('green') })).toBe(false);
    expect(isNews({ from: side('green'), to: side('green', true) })).toBe(true);
  });
});

describe('withArrived', () => {
  const read = { total: 2, worse: 1, changes: [change('b', 10), change('a', 5, side('red'), side('green'))] };
  it('puts the newest first and counts each change once', () => {
    const merged = withArrived(read, [change('c', 11), change('b', 10)]);
    expect(merged.changes.map((one) => one.id)).toEqual(['c', 'b', 'a']);
    expect(merged).toMatchObject({ total: 3, worse: 2 });
  });
  it('adds nothing when nothing came', () => {
    expect(withArrived(read, [])).toEqual(read);
  });
});
