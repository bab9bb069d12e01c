import { expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { authorize } from '#domain/identity';
import { createCountingIds } from '#platform/ids';
import { createSighting } from './board/sighting.ts';
import { namedPeopleCsv, peopleCsv } from './people-csv.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { viewer } from './testing.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const scope = authorize(viewer(tenantId, { role: 'CompanyAdmin' }), 'export', 'dot');
const sighting = createSighting(scope, createPseudonyms(new Uint8Array(32)), (ruleId) => ruleId);
const view = {
  flag: 'red' as const,
  hold: true,
  ruleId: 'DT06',
  dueAt: '2026-11-18T06:00:00.000Z',
  short: '',
  nextChangeAt: null,
};
const divisionId = ids.next('division');
const person = {
  tenantId,
  employeeId: ids.next('employee'),
  number: 'E-1',
  name: 'Wendell Achterberg',
  nameKey: 'achterberg|wendell',
  phase: 'active' as const,
  divisionId,
  locationId: null,
  jobRoleId: null,
  cells: modules.map((module) => (module === 'dot' ? { since: '', general: view, der: null } : null)),
};
const places = { divisions: [{ id: divisionId, name: '=Tank, "hazmat"' }], locations: [], jobRoles: [] };

const crowd = Array.from({ length: 5 }, () => person);

test('names nobody, keeps to the modules that may be exported, and is safe in a spreadsheet', () => {
  const csv = peopleCsv(sighting, crowd, places, ['dot']);
  const [head, line] = csv.split('\r\n');
  expect(head).toBe('Person,Division,Employment,DOT,DOT hold,DOT due');
  expect(line).toMatch(/^Person [0-9A-Z-]{11},"'=Tank, ""hazmat""",Active,Non-compliant,yes,2026-11-18$/);
  expect(csv.endsWith('\r\n')).toBe(true);
  for (const secret of ['Wendell', 'E-1', person.employeeId]) expect(csv).not.toContain(secret);
});

test('does not name a division of fewer than five, and gives who may not know the person no dates', () => {
  expect(peopleCsv(sighting, crowd.slice(1), places, ['dot'])).not.toContain('Tank');
  const auditor = authorize(viewer(tenantId, { role: 'Auditor' }), 'see', 'any-module');
  const seen = createSighting(auditor, createPseudonyms(new Uint8Array(32)), (ruleId) => ruleId);
  expect(peopleCsv(seen, crowd, places, ['dot'])).not.toContain('2026-11-18');
});

test('with names says who it is, where the mail goes, and when it is due', () => {
  const emails = new Map([[person.employeeId, 'wendell@example.com']]);
  const [head, line] = namedPeopleCsv(sighting, [person], places, ['dot'], emails).split('\r\n');
  expect(head).toBe('Name,Number,E-mail,Division,Site,Job role,Employment,DOT,DOT hold,DOT due');
  expect(line).toBe(
    `Wendell Achterberg,E-1,wendell@example.com,"'=Tank, ""hazmat""",,,Active,Non-compliant,yes,2026-11-18`,
  );
});
