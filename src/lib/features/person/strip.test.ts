import { expect, test } from 'vitest';
import { dayAt, dayOffset, monthTicks, stripAxis } from './strip.ts';

const today = Date.parse('2026-11-20T18:00:00Z');

test('the slider moves by calendar days of the zone; its end is now', () => {
  expect(dayAt(0, today, 'America/Chicago')).toBeNull();
  expect(dayAt(-20, today, 'America/Chicago')).toBe('2026-10-31');
  expect(dayOffset('2026-10-31', today, 'America/Chicago')).toBe(-20);
  expect(dayAt(-1, Date.parse('2026-11-20T03:00:00Z'), 'America/Chicago')).toBe('2026-11-18');
});

test('the axis begins where history does', () => {
  const day = 86_400_000;
  expect(stripAxis(today, today - 120 * day).from).toBe(today - 120 * day);
  expect(stripAxis(today, null).from).toBe(today - 90 * day);
  expect(stripAxis(today, 0).from).toBe(today - 270 * day);
});

test('ticks stand at the first of every second month', () => {
  const { from, to } = stripAxis(today, 0);
  expect(monthTicks(from, to, 'UTC').map((tick) => tick.label)).toEqual([
    'Apr',
    'Jun',
    'Aug',
    'Oct',
    'Dec',
    'Feb',
  ]);
});
