import { expect, test } from 'vitest';
import { dayAt, dayOffset, monthTicks, stripAxis } from './strip.ts';

const today = Date.parse('2026-11-20T18:00:00Z');

test('the slider moves by calendar days of the zone; its end is now', () => {
  expect(dayAt(0, today, 'America/Chicago')).toBeNull();
  expect(dayAt(-20, today, 'America/Chicago')).toBe('2026-10-31');
  expect(dayOffset('2026-10-31', today, 'America/Chicago')).toBe(-20);
  expect(dayAt(-1, Date.parse('2026-11-20T03:00:00Z'), 'America/Chicago')).toBe('2026-11-18');
});

test('ticks stand at the first of every second month', () => {
  const { from, to } = stripAxis(today);
  expect(monthTicks(from, to, 'UTC').map((tick) => tick.label)).toEqual([
    'Apr',
    'Jun',
    'Aug',
    'Oct',
    'Dec',
    'Feb',
  ]);
});
