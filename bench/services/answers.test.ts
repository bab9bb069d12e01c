import { describe, expect, it } from 'vitest';
import { plainChanges, plainStanding, plainTrend } from './overview-answers.ts';
import { alternate, medianRatio } from './rounds.ts';
import { copyLine, eventColumns, madeUpEvents } from './upsert-rows.ts';

describe('rounds', () => {
  it('takes the ratio within each round, so that a slow round of the machine cancels out', () => {
    expect(medianRatio([10, 100, 12], [5, 50, 4])).toBe(2);
  });

  it('lets each side begin in turn', async () => {
    const order: string[] = [];
    await alternate(3, {
      ours: () => Promise.resolve(order.push('ours')),
      peer: () => Promise.resolve(order.push('peer')),
    });
    expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
  });
});

describe('rows for COPY', () => {
  it('have a field per column, with the signs that part them escaped', () => {
    const [event] = madeUpEvents('ten_00000000000000000000000001', 1, 1);
    const line = copyLine(eventColumns, {
      ...event,
      subjectRef: 'a\tb\nc\\d',
      appliedAt: '2026-11-20T09:00:00.000Z',
    });
    const fields = line.trimEnd().split('\t');
    expect(fields).toHaveLength(eventColumns.length);
    expect(fields[eventColumns.indexOf('subject_ref')]).toBe('a\\tb\\nc\\\\d');
    expect(fields[eventColumns.indexOf('review')]).toBe('\\N');
  });
});

describe('answers of two engines', () => {
  const standing = {
    division_id: 'div_1',
    division_name: 'North',
    locations: ['a', 'b'],
    states: [1, 2],
    people: [5, 6],
    states_then: [[3, 4], []],
    states_to_come: [[[7]], []],
    due: [9, 8],
  };

  it('are the same in any order', () => {
    const other = {
      ...standing,
      locations: ['b', 'a'],
      states: [2, 1],
      people: [6, 5],
      states_then: [[], [4, 3]],
      states_to_come: [[], [[7]]],
      due: [8, 9],
    };
    expect(plainStanding([other])).toEqual(plainStanding([standing]));
  });

  it('differ when a number is another person’s', () => {
    expect(plainStanding([{ ...standing, people: [6, 5] }])).not.toEqual(plainStanding([standing]));
    const day = { day: '2026-11-01', module: 'all', red: 1, stale: 0, yellow: 0, green: 2, on_hold: 0 };
    expect(plainTrend([{ ...day, red: '1' }])).toEqual(plainTrend([day]));
    expect(plainTrend([{ ...day, red: 2 }])).not.toEqual(plainTrend([day]));
  });

  it('tell colours by name or by weight', () => {
    const change = { id: 'flc_1', from_hold: false, to_hold: true, total: 1, worse: 1 };
    const named = { ...change, from_flag: 'green', to_flag: 'red' };
    expect(plainChanges([named])).toEqual(plainChanges([{ ...change, from_weight: 1, to_weight: 4 }]));
    expect(plainChanges([named])).not.toEqual(plainChanges([{ ...change, from_weight: 1, to_weight: 3 }]));
  });
});
