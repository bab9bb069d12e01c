import { expect, it } from 'vitest';
import { partitionOf } from './index.ts';

it('sends a key where it always went', () => {
  // Golden: another answer would tear the order of keys that are already in logs.
  expect(['', 'a', 'emp_01h2xcejqtf2nbrexx3vqjhp41', 'ümläut'].map((key) => partitionOf(key, 12))).toEqual([
    1, 11, 10, 3,
  ]);
});

it('spreads keys that differ at the end', () => {
  const counts = Array.from({ length: 12 }, () => 0);
  for (let n = 0; n < 12_000; n += 1) {
    const partition = partitionOf(`emp_01h2xcejqtf2nbrexx3vqj${String(n).padStart(5, '0')}`, 12);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
