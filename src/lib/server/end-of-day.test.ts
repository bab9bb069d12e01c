import { expect, test } from 'vitest';
import { createEndOfDay, lastInstantOf } from './end-of-day.ts';

test('a day ends at its last millisecond in the zone, also when the clocks change', async () => {
  expect(lastInstantOf('2026-11-20', 'America/Chicago')).toBe('2026-11-21T05:59:59.999Z');
  expect(lastInstantOf('2026-03-08', 'America/Chicago')).toBe('2026-03-09T04:59:59.999Z');
  expect(lastInstantOf('2026-12-31', 'UTC')).toBe('2026-12-31T23:59:59.999Z');
  expect(await createEndOfDay(async () => 'UTC')('ten_x', '2026-01-01')).toBe('2026-01-01T23:59:59.999Z');
});
