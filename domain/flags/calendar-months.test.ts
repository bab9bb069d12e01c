import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Temporal } from 'temporal-polyfill';
import { addDays, addMonths, daysBetween } from './calendar.ts';

const dates = fc
  .record({
    year: fc.integer({ min: 1950, max: 2099 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 31 }),
  })
  .map((parts) => Temporal.PlainDate.from(parts, { overflow: 'constrain' }));

test('months and days are counted as Temporal counts them', () => {
  fc.assert(
    fc.property(
      dates,
      fc.integer({ min: -600, max: 600 }),
      fc.integer({ min: -9000, max: 9000 }),
      (date, months, days) => {
        expect(addMonths(date.toString(), months)).toBe(
          date.add({ months }, { overflow: 'constrain' }).toString(),
        );
        const moved = date.add({ days }).toString();
        expect(addDays(date.toString(), days)).toBe(moved);
        expect(daysBetween(date.toString(), moved)).toBe(days);
      },
    ),
  );
});
