import { describe, expect, test } from 'vitest';
import { batchToken } from './loader.ts';
import { toCurrentRows, toFlagChangeRow } from './rows.ts';
import { testChange } from './testing.ts';

const at = (offset: number) => ({ topic: 't', partition: 0, offset: BigInt(offset) });

const outlook = (over: Parameters<typeof testChange>[1]) => {
  const row = toFlagChangeRow({ change: testChange(1, over), at: at(1) });
  return [row.next_change_at, row.next_flag, row.turns_red_at];
};

const views = (audience: string) =>
  toCurrentRows({ change: testChange(1, { audience }), at: at(1) }).map((row) => row.audience);

describe('token of a batch', () => {
  test('the same rows have the same token', () => {
    expect(batchToken([1, 2, 3].map(at))).toBe(batchToken([1, 2, 3].map(at)));
  });

  test.each([
    ['a gap between the same first and last offset', [1, 3].map(at)],
    ['another partition', [1, 2, 3].map((offset) => ({ ...at(offset), partition: 1 }))],
    ['another topic', [1, 2, 3].map((offset) => ({ ...at(offset), topic: 'u' }))],
  ])('%s makes another token', (_what, positions) => {
    expect(batchToken(positions)).not.toBe(batchToken([1, 2, 3].map(at)));
  });
});

describe('rows of a flag change', () => {
  const soon = '2026-12-01T00:00:00.000Z';
  const later = '2027-01-01T00:00:00.000Z';

  test.each([
    ['nothing known', {}, [null, 'none', null]],
    ['turns red next', { nextChangeAt: soon, nextFlag: 'red' }, [soon, 'red', soon]],
    ['turns yellow next, red unknown', { nextChangeAt: soon, nextFlag: 'yellow' }, [soon, 'yellow', null]],
    [
      'turns yellow next, red later',
      { nextChangeAt: soon, nextFlag: 'yellow', turnsRedAt: later },
      [soon, 'yellow', later],
    ],
    [
      'never red though told next',
      { nextChangeAt: soon, nextFlag: 'red', turnsRedAt: null },
      [soon, 'red', null],
    ],
    ['changes into something unknown', { nextChangeAt: soon, nextFlag: null }, [null, 'none', null]],
    ['is red already', { to: { flag: 'red', hold: false }, turnsRedAt: later }, [null, 'none', null]],
  ])('%s', (_what, over, expected) => expect(outlook(over)).toEqual(expected));

  test('a change for all is the current flag of both views, a masked one of its own only', () => {
    expect(views('all')).toEqual(['der', 'others']);
    expect(views('der')).toEqual(['der']);
    expect(views('others')).toEqual(['others']);
  });
});
