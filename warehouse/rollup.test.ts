import { describe, expect, test } from 'vitest';
import { passesOf, spansOf } from './rollup.ts';

const due = (tenant_id: string, from_day: string, history: number) => ({ tenant_id, from_day, history });

describe('spans', () => {
  test('cover every day once, none longer than 120 days', () => {
    const spans = spansOf('2026-01-01', '2026-11-19');
    expect(spans.map(({ first, last, length }) => [first, last, length])).toEqual([
      ['2026-01-01', '2026-04-30', 120],
      ['2026-05-01', '2026-08-28', 120],
      ['2026-08-29', '2026-11-19', 83],
    ]);
  });

  test('one day is one span', () => {
    expect(spansOf('2026-02-28', '2026-02-28')).toEqual([
      { first: '2026-02-28', last: '2026-02-28', length: 1 },
    ]);
  });
});

describe('passes', () => {
  test('companies of one day share a pass while it has room; a large one goes alone', () => {
    const passes = passesOf([
      due('a', '2026-11-19', 400_000),
      due('b', '2026-11-19', 500_000),
      due('c', '2026-11-19', 200_000),
      due('d', '2026-11-01', 10),
      due('e', '2026-11-19', 9_000_000),
    ]);
    expect(passes).toEqual([
      { fromDay: '2026-11-19', tenants: ['a', 'b'] },
      { fromDay: '2026-11-19', tenants: ['c'] },
      { fromDay: '2026-11-19', tenants: ['e'] },
      { fromDay: '2026-11-01', tenants: ['d'] },
    ]);
  });
});
