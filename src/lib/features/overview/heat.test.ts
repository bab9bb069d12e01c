import { expect, it } from 'vitest';
import { heatLevel } from './heat.ts';

it('has no ink at 100% and most at the largest shortfall', () => {
  expect(heatLevel(1, 0.1)).toBe(0);
  expect(heatLevel(0.9, 0.1)).toBe(5);
  expect(heatLevel(0.94, 0.1)).toBe(3);
});
it('does not shout about small differences', () => {
  expect(heatLevel(0.99, 0.01)).toBe(1);
  expect(heatLevel(0.999, 0.002)).toBe(1);
});
