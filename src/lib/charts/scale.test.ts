import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaPath, linePath, nearest, roundTicks, toPercent, unbroken } from './scale.ts';

describe('roundTicks', () => {
  it('encloses the data with round numbers', () => {
    expect(roundTicks(0.91, 0.957, 3)).toEqual([0.9, 0.92, 0.94, 0.96]);
    expect(roundTicks(0, 57, 4)).toEqual([0, 20, 40, 60]);
    expect(roundTicks(5, 5, 4)).toEqual([5]);
  });
  it('always encloses, rises, and stays near the wanted count', () => {
    assert(
      property(
        double({ min: -1e6, max: 1e6, noNaN: true }),
        double({ min: 0.001, max: 1e6, noNaN: true }),
        (min, extent) => {
          const max = min + extent;
          const ticks = roundTicks(min, max, 4);
          expect(ticks[0]).toBeLessThanOrEqual(min + extent * 1e-6);
          expect(ticks.at(-1)).toBeGreaterThanOrEqual(max - extent * 1e-6);
          expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
          expect(ticks.length).toBeLessThanOrEqual(6);
        },
      ),
    );
  });
});

describe('paths', () => {
  it('draws a line and closes an area on its level', () => {
    const points = [
      { x: 0, y: 10 },
      { x: 50, y: 20.005 },
    ];
    expect(linePath(points)).toBe('M0 10L50 20.01');
    expect(areaPath(points, 100)).toBe('M0 10L50 20.01L50 100L0 100Z');
    expect(areaPath([], 100)).toBe('');
  });
  it('keeps gaps', () => {
    expect(unbroken([1, null, 2, 3, null], (v) => v !== null)).toEqual([[1], [2, 3]]);
  });
  it('maps and finds', () => {
    expect(toPercent(10, 20)(15)).toBe(50);
    expect(toPercent(3, 3)(3)).toBe(0);
    expect(nearest([0, 10, 20], 14)).toBe(1);
  });
});
