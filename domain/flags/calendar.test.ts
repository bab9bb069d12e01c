import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import {
  addBusinessDays,
  addDays,
  addHours,
  addMonths,
  businessDaysClose,
  dateAt,
  daysBetween,
  dueAfterMonths,
  formatInstant,
  isBusinessDay,
  localMinute,
  monthsAndDays,
  parseLocal,
  startOfDay,
  validThrough,
} from './calendar.ts';

const zones = [
  'America/Chicago',
  'America/New_York',
  'America/Los_Angeles',
  'America/Phoenix',
  'America/Havana',
  'America/Santiago',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
];
const iso = (ms: number) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' });

describe('dates in a zone', () => {
  test('valid to X is the whole of X, red from the next midnight', () => {
    expect(formatInstant(validThrough('2026-03-15', 'America/Chicago'))).toBe('2026-03-16T05:00:00.000Z');
    expect(formatInstant(validThrough('2026-03-15', 'America/Los_Angeles'))).toBe('2026-03-16T07:00:00.000Z');
  });

  test('a day with a clock change has 23 or 25 hours; elapsed hours do not care', () => {
    const zone = 'America/Chicago';
    const hours = (date: string) => (validThrough(date, zone) - startOfDay(date, zone)) / 3_600_000;
    expect([hours('2026-03-08'), hours('2026-11-01'), hours('2026-06-01')]).toEqual([23, 25, 24]);
    const before = parseLocal('2026-03-07 22:30', zone);
    expect(localMinute(addHours(before, 24), zone)).toBe('2026-03-08 23:30');
  });

  test('a date whose midnight does not exist begins when the day begins', () => {
    expect(formatInstant(startOfDay('2026-03-08', 'America/Havana'))).toBe('2026-03-08T05:00:00.000Z');
  });

  test('agrees with Temporal in every zone, however often and in whatever order it is asked', () => {
    const instants = fc.integer({ min: Date.parse('1999-01-01'), max: Date.parse('2040-01-01') });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(instants, fc.constantFrom(...zones)), { minLength: 1, maxLength: 40 }),
        (asked) => {
          for (const [ms, zone] of asked) {
            const there = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
            expect(dateAt(ms, zone)).toBe(there.toPlainDate().toString());
            expect(startOfDay(dateAt(ms, zone), zone)).toBe(there.startOfDay().epochMilliseconds);
            expect(formatInstant(ms)).toBe(iso(ms));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('months', () => {
  test('are clamped to the end of the month', () => {
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2024-02-29', 24)).toBe('2026-02-28');
    expect(formatInstant(dueAfterMonths('2025-01-31', 12, 'America/Chicago'))).toBe(
      '2026-02-01T06:00:00.000Z',
    );
  });

  test('served months and days', () => {
    expect(monthsAndDays('2026-01-15', '2026-04-20')).toEqual({ months: 3, days: 5 });
    expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  });
});

describe('business days', () => {
  test('leave out weekends and federal holidays as observed', () => {
    expect(isBusinessDay('2026-07-03')).toBe(false);
    expect(isBusinessDay('2026-11-26')).toBe(false);
    expect(isBusinessDay('2026-11-27')).toBe(true);
    expect(isBusinessDay('2026-11-28')).toBe(false);
    expect(isBusinessDay('2023-01-02')).toBe(false);
    // 1 January 2028 is a Saturday, observed on Friday 31 December 2027.
    expect(isBusinessDay('2027-12-31')).toBe(false);
  });

  test('day 0 is not counted and the day closes at 17:00', () => {
    const got = parseLocal('2026-11-25 16:00', 'America/Chicago');
    expect(formatInstant(businessDaysClose(got, 3, 'America/Chicago'))).toBe('2026-12-01T23:00:00.000Z');
    expect(addBusinessDays('2026-07-02', 5)).toBe('2026-07-10');
    expect(addBusinessDays('2026-07-04', 1)).toBe('2026-07-06');
  });
});
