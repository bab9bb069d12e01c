import { expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { authorize } from '#domain/identity';
import { createCountingIds } from '#platform/ids';
import { createSighting } from './board/sighting.ts';
import { peopleCsv } from './people-csv.ts';
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

test('names nobody, keeps to the modules that may be exported, and is safe in a spreadsheet', () => {
  const csv = peopleCsv(sighting, [person], places, ['dot']);
  const [head, line, end] = csv.split('\r\n');
  expect(head).toBe('Person,Division,Employment,DOT,DOT hold,DOT due');
  expect(line).toMatch(/^Person [0-9A-Z-]{11},"'=Tank, ""hazmat""",Active,Non-compliant,yes,2026-11-18$/);
  expect(end).toBe('');
  for (const secret of ['Wendell', 'E-1', person.employeeId]) expect(csv).not.toContain(secret);
});
