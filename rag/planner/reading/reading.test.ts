import { describe, expect, test } from 'vitest';
import { readQuestion, type Reading } from './read.ts';
import { isoDay, takeGrain, takeSpan } from './times.ts';
import { leftOf, mark, take, takeAll } from './words.ts';

/** A Friday. */
const nowMs = Date.parse('2026-11-20T12:00:00Z');
const read = (text: string): Reading => readQuestion(text, nowMs, () => {});
const left = (text: string): string[] => leftOf(read(text).marked).map(({ plain }) => plain);

describe('words', () => {
  test('a possessive is no part of a name, a hyphen and an apostrophe are', () => {
    expect(mark("Maria’s O'Brien-Lopez 382.305(b)").words.map(({ plain }) => plain)).toEqual([
      'maria',
      "o'brien-lopez",
      '382.305',
      'b',
    ]);
  });

  test('a word is understood once', () => {
    const marked = mark('red red');
    expect([take(marked, 'red'), take(marked, 'red'), take(marked, 'red')]).toEqual([true, true, false]);
  });

  test('the longer phrase wins', () => {
    const table = [
      { means: 'short', says: ['medical'] },
      { means: 'long', says: ['medical card'] },
    ];
    expect(takeAll(mark('medical card'), table)).toEqual(['long']);
  });
});

describe('time', () => {
  test.each([
    ['in the next 60 days', '2026-11-20', '2027-01-19'],
    ['within two weeks', '2026-11-20', '2026-12-04'],
    ['over the last 12 months', '2025-11-20', '2026-11-20'],
    ['last quarter', '2026-07-01', '2026-10-01'],
    ['this week', '2026-11-16', '2026-11-23'],
    ['last month', '2026-10-01', '2026-11-01'],
    ['next year', '2027-01-01', '2028-01-01'],
    ['yesterday', '2026-11-19', '2026-11-20'],
    ['in March', '2026-03-01', '2026-04-01'],
    ['in December', '2025-12-01', '2026-01-01'],
    ['in may 2024', '2024-05-01', '2024-06-01'],
    ['between 2026-01-05 and 2026-01-07', '2026-01-05', '2026-01-08'],
    ['since 2026-11-01', '2026-11-01', '2026-11-20'],
  ])('%s', (text, from, to) => {
    const span = takeSpan(mark(text), nowMs);
    expect([isoDay(span?.fromMs ?? 0), isoDay(span?.toMs ?? 0)]).toEqual([from, to]);
  });

  test('a month that is too short ends on its last day', () => {
    const span = takeSpan(mark('in the next 3 months'), Date.parse('2026-11-30T00:00:00Z'));
    expect(isoDay(span?.toMs ?? 0)).toBe('2027-02-28');
  });

  test('a verb is no month', () => {
    expect(takeSpan(mark('who may drive'), nowMs)).toBeNull();
  });

  test.each([
    ['by month', 'month'],
    ['per week', 'week'],
    ['daily', 'day'],
    ['each quarter', 'quarter'],
    ['by division', null],
  ])('%s', (text, grain) => {
    expect(takeGrain(mark(text))).toBe(grain);
  });
});

describe('a question', () => {
  test('is read in full or what is left is known', () => {
    expect(left('Expiring DOT medical cards in Texas next 60 days')).toEqual([]);
    expect(left('Who is red and likes chess?')).toEqual(['likes', 'chess']);
    expect(left('Who is not red?')).toEqual(['not']);
  });

  test('a medical card is a record, not the module health', () => {
    const { records, modules, states } = read('Expiring DOT medical cards in Texas next 60 days');
    expect(records.map(({ name }) => name)).toEqual(['medical certificate']);
    expect([modules, states]).toEqual([[], ['TX']]);
  });

  test('letters of a State are read in capitals alone', () => {
    expect(read('who is red in OK or in').states).toEqual(['OK']);
  });

  test('holds, colours, modules and divisions', () => {
    const asked = read('How many people are on hold or red in drug & alcohol by division?');
    expect(asked).toMatchObject({
      hold: true,
      colours: ['red'],
      modules: ['drug_alcohol'],
      by: ['division'],
    });
    expect(asked.wants.has('count')).toBe(true);
  });

  test('tests by their reason', () => {
    const [what] = read('random tests ordered last quarter').happenings;
    expect(what?.where).toContain("e.test_reason = 'random'");
  });

  test('the positivity is no event', () => {
    const asked = read('drug test positivity by month');
    expect([asked.happenings, asked.grain, asked.wants.has('positivity')]).toEqual([[], 'month', true]);
  });
});
