import { expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import { speaksOf, type PersonIdentifiers } from './identifiers.ts';

const person: PersonIdentifiers = {
  employeeId: 'emp_01h2xcejqtf2nbrexx3vqjhp41' as EmployeeId,
  number: 'HP-1042',
  firstName: 'José',
  lastName: "O'Neill",
  email: 'jose@example.com',
  birthDate: '1985-04-12',
  externalIds: ['e44aa283528e6fde7d542194', '12'],
  rawRefs: [],
};
const speaks = speaksOf(person);

test.each([
  '{"employee":"emp_01h2xcejqtf2nbrexx3vqjhp41"}',
  '{"candidate_id":"e44aa283528e6fde7d542194"}',
  '<Number>hp-1042</Number>',
  'JOSE@example.COM;x',
  '{"first_name":"Jos\\u00e9","last_name":"O\'Neill"}',
  '<LastName>O&apos;Neill</LastName><DOB>04/12/1985</DOB>',
  "o'neill,19850412",
])('%s speaks of the person', (text) => expect(speaks(text)).toBe(true));

test.each([
  'HP-10421',
  'x-jose@example.community',
  '{"last_name":"O\'Neill","first_name":"Mary"}',
  '{"first_name":"José"}',
  '{"order":"12"}',
  'e44aa283528e6fde7d5421940',
  '',
])('%s does not', (text) => expect(speaks(text)).toBe(false));

test('signs in a name mean themselves', () => {
  const odd = speaksOf({ ...person, number: 'A.*(1', lastName: 'x+y', email: null, externalIds: [] });
  expect(odd('number A.*(1')).toBe(true);
  expect(odd('number ABBB(1')).toBe(false);
});
