import { expect, test } from 'vitest';
import { createLatencyWindow } from './index.ts';

const minute = 60_000;
const open = () => createLatencyWindow({ edgesMs: [10, 100, 1000], spanMs: 60 * minute, slices: 12 });
const at = 1_000 * 60 * minute;

test('says nothing of nothing', () => {
  expect(open().summary(at)).toEqual({
    count: 0,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
    buckets: [0, 0, 0, 0],
  });
});

test('percentiles lie above the true ones by at most a tenth, and never above the greatest', () => {
  const window = open();
  const all = Array.from({ length: 1000 }, (_, index) => index + 1);
  for (const ms of all) window.record(ms, at);
  const { p50Ms, p95Ms, p99Ms, maxMs, count } = window.summary(at);
  expect({ count, maxMs }).toEqual({ count: 1000, maxMs: 1000 });
  for (const [told, true_] of [
    [p50Ms, 500],
    [p95Ms, 950],
    [p99Ms, 990],
  ] as const) {
    expect(told).toBeGreaterThanOrEqual(true_);
    expect(told).toBeLessThanOrEqual(Math.min(1000, true_ * 1.1 + 1));
  }
});

test('counts by the edges, an edge belonging to the bar below it', () => {
  const window = open();
  for (const ms of [0, 10, 11, 100, 1000, 1001, 90_000_000]) window.record(ms, at);
  expect(window.summary(at).buckets).toEqual([2, 2, 1, 2]);
});

test('forgets after the span, slice by slice', () => {
  const window = open();
  window.record(50, at);
  window.record(70, at + 30 * minute);
  expect(window.summary(at + 30 * minute).count).toBe(2);
  expect(window.summary(at + 59 * minute).count).toBe(2);
  expect(window.summary(at + 61 * minute)).toMatchObject({ count: 1, maxMs: 70 });
  expect(window.summary(at + 200 * minute).count).toBe(0);
  window.record(5, at + 60 * minute);
  expect(window.summary(at + 60 * minute)).toMatchObject({ count: 2, maxMs: 70 });
});
