import type { EmployeeId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { authorize, type Scope } from '#domain/identity';
import { testViewer } from '../../../warehouse/metrics/testing.ts';
import { context } from '../companies.ts';
import { lettersOf, tabledRoles } from '../role-table.ts';
import type { Trial } from '../trial.ts';
import type { Cell } from './cells.ts';

/** The roster as each role's scope has it, asked of the service: no procedure hands it out whole. */
export const rosterCells = (trial: Trial): Cell[] => [
  ...roleCells(trial),
  ...feedCells(trial),
  ...listCells(trial),
];

const changes: readonly Role[] = ['CompanyAdmin', 'HROnboarding', 'ComplianceManager'];

const isRefused = (work: Promise<unknown>, code: string): Promise<boolean> =>
  work.then(
    () => false,
    (error: { code?: string }) => error.code === code,
  );

const cell = (what: string, run: () => Promise<readonly string[]>): Cell => ({
  procedure: null,
  run: async () => (await run()).map((words) => `${what} · ${words}`),
});

/** The scope of a role before Alder, limited as its people are. */
export function scopeIn({ world: { alder } }: Trial, role: Role): Scope {
  const places =
    role === 'SafetyManager'
      ? { divisionIds: [alder.divisions.North] }
      : role === 'SiteSupervisor'
        ? { locationIds: [alder.locations.Harbour] }
        : {};
  const viewer = testViewer(alder.tenantId, role, places);
  return role === 'BillingAdmin'
    ? authorize(viewer, 'view', 'billing')
    : authorize(viewer, 'see', 'any-module');
}

/** Who may do what with it. */
function roleCells(trial: Trial): Cell[] {
  const { alder, planted } = trial.world;
  const { people } = planted.app.services.domain;
  const roles = (tabledRoles as Role[]).map((role) => ({ role, scope: scopeIn(trial, role) }));
  const person = alder.people.get(6) as EmployeeId;
  return [
    cell('who changes a person', () =>
      rolesFor(roles, changes, (scope) =>
        isRefused(people.update(scope, person, {}, context), 'people.roster_not_permitted'),
      ),
    ),
    cell('who imports people', () =>
      rolesFor(roles, changes, (scope) =>
        isRefused(
          people.importEmployees(scope, [], { preview: true, context }),
          'people.roster_not_permitted',
        ),
      ),
    ),
    cell('who sees people', () =>
      rolesFor(
        roles,
        roles.map(({ role }) => role).filter((role) => role !== 'BillingAdmin'),
        (scope) => isRefused(people.list(scope, {}, { limit: 1 }), 'people.not_permitted'),
      ),
    ),
  ];
}

/** Feeds and what they could not hand over: one screen reads both, and each asks for itself. */
function feedCells(trial: Trial): Cell[] {
  const { ingest } = trial.world.planted.app.services;
  const roles = (tabledRoles as Role[]).map((role) => ({ role, scope: scopeIn(trial, role) }));
  const readers = roles
    .map(({ role }) => role)
    .filter((role) => lettersOf(role, 'administration').includes('V'));
  return [
    cell('who reads feeds', () =>
      rolesFor(roles, readers, (scope) =>
        isRefused(ingest.endpoints.list(scope), 'ingest.endpoints_not_permitted'),
      ),
    ),
    cell('who reads dead letters', () =>
      rolesFor(roles, readers, (scope) =>
        isRefused(ingest.deadLetters.counts(scope), 'ingest.dead_letters_not_permitted'),
      ),
    ),
  ];
}

/** Roles that are refused and should not be, or the other way round. */
async function rolesFor(
  roles: readonly { role: Role; scope: Scope }[],
  allowed: readonly Role[],
  refused: (scope: Scope) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const { role, scope } of roles)
    if ((await refused(scope)) === allowed.includes(role)) found.push(role);
  return found;
}

/** What lists and counts of it hold. */
function listCells(trial: Trial): Cell[] {
  const { alder, planted } = trial.world;
  const { people } = planted.app.services.domain;
  const auditor = scopeIn(trial, 'Auditor');
  return [
    cell('a search without names', async () =>
      (await isRefused(people.list(auditor, { text: 'first1' }, { limit: 1 }), 'people.search_not_permitted'))
        ? []
        : ['answered'],
    ),
    cell('pages without names', async () => {
      const first = await people.list(auditor, {}, { limit: 4 });
      const next = await people.list(auditor, {}, { limit: 4, after: first.next ?? '' });
      const ids = [...first.employees, ...next.employees].map(({ id }) => id);
      const place = Buffer.from(first.next ?? '', 'base64url').toString();
      return [
        ...(ids.join() === [...alder.people.values()].toSorted().join()
          ? []
          : ['in another order than that of ids']),
        ...(/alder/i.test(place) ? ['a name in the place of the next page'] : []),
      ];
    }),
    cell('people counted by place', async () => {
      const found: string[] = [];
      for (const role of ['SafetyManager', 'SiteSupervisor'] as const) {
        // Of the north, and of the harbour.
        const seen = 3;
        for (const list of [
          await people.divisions(scopeIn(trial, role)),
          await people.locations(scopeIn(trial, role)),
        ]) {
          const counted = list.reduce((sum, place) => sum + place.people, 0);
          if (counted !== seen) found.push(`${counted} people for ${role}`);
        }
        const all = await people.count(scopeIn(trial, role), {});
        if (all !== seen) found.push(`${all} people for ${role}`);
      }
      return found;
    }),
  ];
}
