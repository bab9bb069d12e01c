import { expect, test } from 'vitest';
import { nextSort, readPeopleAddress } from './people-url.ts';

test('the address of the list is read whole, and nonsense is left out', () => {
  const address = readPeopleAddress(
    new URLSearchParams('sort=-number&page=3&hide=site,mood&q=wen&phase=leave'),
  );
  expect(address).toMatchObject({ page: 3, hidden: ['site'] });
  expect(address.query).toMatchObject({ sort: '-number', text: 'wen', phases: ['leave'] });
  expect(readPeopleAddress(new URLSearchParams('page=-2&sort=size'))).toMatchObject({
    page: 1,
    query: { sort: 'name' },
  });
  expect(readPeopleAddress(new URLSearchParams('page=x')).page).toBe(1);
});

test('a second press turns the order round', () => {
  expect(nextSort('name', 'name')).toBe('-name');
  expect(nextSort('-name', 'name')).toBe('name');
  expect(nextSort('gravity', 'number')).toBe('number');
});
