import { expect, it } from 'vitest';
import { urns } from './attributes.ts';
import { equalityOf, meets, parseFilter } from './filter.ts';
import { roleFrom } from './roles.ts';
import type { RoleMapping } from './store.postgres.ts';

const user = {
  id: 'scu_1',
  userName: 'Lena.Brandt@example.com',
  active: true,
  name: { familyName: 'Brandt' },
  emails: [
    { value: 'lena@example.com', type: 'work' },
    { value: 'lb@home.example', type: 'home' },
  ],
  meta: { lastModified: '2026-11-20T12:00:00.000Z' },
  [urns.enterprise]: { employeeNumber: '4711' },
};

const cases: readonly [string, boolean][] = [
  ['userName eq "lena.brandt@EXAMPLE.com"', true],
  ['USERNAME Eq "someone@example.com"', false],
  ['userName ne "someone@example.com"', true],
  ['name.familyName co "ran" and active eq true', true],
  ['active eq "True"', true],
  ['emails.value sw "lb@"', true],
  ['emails eq "lena@example.com"', true],
  ['emails[type eq "home" and value ew ".example"]', true],
  ['emails[type eq "work" and value ew ".example"]', false],
  ['title pr', false],
  ['not (title pr) and (name.familyName eq "x" or id eq "scu_1")', true],
  ['meta.lastModified gt "2026-11-19T00:00:00Z"', true],
  [`${urns.enterprise}:employeeNumber eq "4711"`, true],
  [`${urns.user}:userName pr`, true],
];

it.each(cases)('%s', (text, expected) => {
  expect(meets(parseFilter(text), user)).toBe(expected);
});

it('refuses what is no filter, and what is too deep', () => {
  for (const text of [
    '',
    'userName',
    'userName eq',
    'userName is "x"',
    '(userName pr',
    `${'('.repeat(30)}id pr${')'.repeat(30)}`,
  ]) {
    expect(() => parseFilter(text), text).toThrow('scim.filter_invalid');
  }
});

it('knows the equality that an index answers', () => {
  expect(equalityOf(parseFilter('userName eq "a"'))).toEqual({ attribute: 'username', value: 'a' });
  expect(equalityOf(parseFilter('userName sw "a"'))).toBeNull();
});

const mapping = (role: RoleMapping['role'], divisionIds: string[] | null) =>
  ({ groupId: 'scg_1', role, divisionIds, locationIds: null }) as unknown as RoleMapping;

it('a role comes from the mapping made first, with the places of all that give the same role', () => {
  expect(roleFrom([])).toBeNull();
  expect(
    roleFrom([
      mapping('SafetyManager', ['b']),
      mapping('HROnboarding', null),
      mapping('SafetyManager', ['a']),
    ]),
  ).toEqual({ role: 'SafetyManager', divisionIds: ['a', 'b'], locationIds: null });
  expect(roleFrom([mapping('SafetyManager', ['b']), mapping('SafetyManager', null)])?.divisionIds).toBeNull();
});
