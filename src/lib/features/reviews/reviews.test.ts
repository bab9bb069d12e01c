import { expect, test } from 'vitest';
import { readReviewAddress, reviewModuleName } from './reviews-url.ts';

test('an address asks for the open questions of all modules unless it says otherwise', () => {
  expect(readReviewAddress(new URLSearchParams())).toEqual({
    query: { status: 'open', module: null, employeeId: null },
    page: 1,
  });
  const asked = readReviewAddress(
    new URLSearchParams('status=resolved&module=people&employee=nobody&page=x'),
  );
  expect(asked).toEqual({ query: { status: 'resolved', module: 'people', employeeId: null }, page: 1 });
  expect(reviewModuleName('people')).toBe('Roster');
});
