import { expect, test } from 'vitest';
import { pauseAfter } from './load-warehouse.ts';

test.each([
  ['a quick load of a few', 5, 10, 250],
  ['loading takes a tenth of the time', 60, 800, 540],
  ['nobody waits longer than a second', 400, 3000, 1000],
  ['more is waiting', 400, 5000, 0],
])('%s', (_what, tookMs, records, pauseMs) => {
  expect(pauseAfter(tookMs, records, 5000)).toBe(pauseMs);
});
