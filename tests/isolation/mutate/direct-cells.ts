import { modules, type Module } from '#contracts/modules';
import type { Area, Role } from '#contracts/roles';
import { refusalToDecide, type ApprovalRequest } from '#domain/approvals';
import type { AuditEntry } from '#domain/audit';
import { authorize, type Scope, type Viewer } from '#domain/identity';
import type { AppliedEvent } from '#domain/records';
import { maySettle, readableModules } from '#domain/reviews';
import { seesWholeLog, toAuditRow } from '../../../src/lib/server/audit/rows.ts';
import { outgoing } from '../../../src/lib/server/outgoing.ts';
import { requireCrowd } from '../../../src/lib/server/overview/small-cells.ts';
import { sightEvents } from '../../../src/lib/server/person/event-sight.ts';
import { guardEvents } from '../../../src/lib/server/person/guarded.ts';
import { maskChange, maskFlag } from '../../../src/lib/server/visibility.ts';
import { testChange, testEvent, testId } from '../../../warehouse/loading/testing.ts';
import { testViewer } from '../../../warehouse/metrics/testing.ts';
import { lettersOf, tabledRoles, type Letter } from '../role-table.ts';
import type { Cell } from './cells.ts';

const company = testId('tenant', 1);
const staff = (role: Role): Viewer =>
  testViewer(company, role, {
    ...(role === 'SafetyManager' && { divisionIds: [testId('division', 1)] as never }),
    ...(role === 'SiteSupervisor' && { locationIds: [testId('location', 1)] as never }),
  });
const may = (role: Role, letter: Letter, area: Area) => lettersOf(role, area).includes(letter);

/** Every role with its scope, and what the table says of it. */
function everyRole(): { role: Role; scope: Scope; sees: readonly Module[]; hidden: boolean }[] {
  return (tabledRoles as Role[]).map((role) => ({
    role,
    scope:
      role === 'BillingAdmin'
        ? authorize(staff(role), 'view', 'billing')
        : authorize(staff(role), 'see', 'any-module'),
    sees: modules.filter((module) => may(role, 'V', module)),
    /** Sees people without who they are. */
    hidden: modules.every((module) => lettersOf(role, module) === 'D'),
  }));
}

const cell = (what: string, find: () => readonly unknown[] | Promise<readonly unknown[]>): Cell => ({
  procedure: null,
  run: async () => (await find()).map((found) => `${what} · ${String(found)}`),
});

/** The asked roles for which something else holds than the table says. */
const differing = (
  holds: (scope: Scope, role: Role) => boolean,
  says: (role: Role, of: { sees: readonly Module[]; hidden: boolean }) => boolean,
): string[] =>
  everyRole()
    .filter(({ role, scope, ...of }) => holds(scope, role) !== says(role, of))
    .map(({ role }) => role);

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

const applied = (over: Parameters<typeof testEvent>[1], number = 1): AppliedEvent => ({
  event: testEvent(number, { employeeId: testId('employee', 1), ...over }),
  outcome: 'applied',
  outcomeReason: null,
  appliedAt: '2026-11-20T10:00:00.000Z',
});

const order = applied({
  module: 'drug_alcohol',
  type: 'test.ordered',
  subjectRef: 'order',
  payload: { test: { reason: 'random', kind: 'drug' } },
});

const entry = (after: object): AuditEntry => ({
  tenantId: company as never,
  sequence: 1,
  id: testId('auditEntry', 1) as never,
  at: '2026-11-20T10:00:00.000Z',
  act: 'tried',
  subject: { type: 'employee', id: testId('employee', 1) },
  before: null,
  after: { value: 'told', ...after },
  previousHash: '',
  hash: '',
  actor: { type: 'system', id: 'system:test', name: 'test' },
  ip: null,
  sessionId: null,
  requestId: null,
});
const isTold = (scope: Scope, after: object): boolean =>
  toAuditRow(scope, entry(after)).differences.length > 0;

const request = (area: Area, over: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  id: testId('approval', 1) as never,
  kind: 'pii_export',
  state: 'requested',
  areas: [area],
  divisionIds: null,
  locationIds: null,
  payload: {},
  title: '',
  effects: [],
  reason: '',
  aboutUserId: null,
  requestedBy: { id: testId('user', 2) as never, name: 'Another' },
  requestedAt: '2026-11-20T10:00:00.000Z',
  expiresAt: '2026-11-21T10:00:00.000Z',
  decision: null,
  closedAt: null,
  outcome: '',
  ...over,
});

/** A program with the role of the DER, limited to a division and to some of its rights. */
function program(rights: Readonly<Partial<Record<Area, readonly ('view' | 'approve')[]>>>): Scope {
  const narrowing = { rights, divisionIds: [testId('division', 1)] as never, locationIds: null };
  return authorize({ ...staff('DER'), narrowing }, 'see', 'any-module');
}

/** Checks that ask the program’s own functions, without a request: what no planted company has, or no request reaches. */
export function directCells(): Cell[] {
  return [...sightCells(), ...logCells(), ...officeCells()];
}

/** What is told of people and their events. */
function sightCells(): Cell[] {
  const state = {
    module: 'dot',
    flag: 'red',
    hold: false,
    short: 'words',
    since: '2026-11-20T10:00:00.000Z',
    nextChangeAt: null,
    nextFlag: null,
    leadRuleId: 'DT01',
  } as const;
  const sameColour = { from: { flag: 'red', hold: false }, to: { flag: 'red', hold: false } };
  const inReach = { divisionId: testId('division', 1), locationId: testId('location', 1), audience: 'all' };
  const pseudonyms = { name: () => 'Person' };
  return [
    cell('the last wall', () =>
      differing(
        (scope) => outgoing(scope, { lastName: 'Told' }).lastName === null,
        (_role, { hidden }) => hidden,
      ),
    ),
    cell('a flag of a hidden module', () => (maskFlag(state, 'none') === null ? [] : ['told'])),
    cell('words change under one colour', () =>
      modules.flatMap((module) =>
        differing(
          (scope) =>
            maskChange(scope, testChange(1, { module, ...sameColour, ...inReach }), pseudonyms) !== null,
          (_role, { sees }) => sees.includes(module),
        ),
      ),
    ),
    cell('events of a module', () =>
      modules.flatMap((module) =>
        differing(
          (scope) => sightEvents(scope, testId('employee', 1), [applied({ module })]).length > 0,
          (_role, { sees }) => sees.includes(module),
        ),
      ),
    ),
    cell('events of a person', () =>
      differing(
        (scope) => sightEvents(scope, testId('employee', 1), [applied({ module: 'people' })]).length > 0,
        (_role, { hidden }) => !hidden,
      ),
    ),
    cell('an order before its notice', () =>
      differing(
        (scope) => sightEvents(scope, testId('employee', 1), [order]).length > 0,
        (role) => role === 'DER',
      ),
    ),
    ...fewCells(),
  ];
}

/** Numbers of which few stand behind each. */
function fewCells(): Cell[] {
  return [
    cell('how many guarded records there are', async () => {
      const found: string[] = [];
      for (const { role, scope } of everyRole()) {
        const standing = { standing: () => Promise.resolve(null) };
        const { guards } = await guardEvents(
          standing,
          undefined as never,
          scope,
          testId('employee', 1) as never,
          [],
        );
        found.push(...guards.filter(({ module }) => !may(role, 'V', module)).map(() => role));
      }
      return found;
    }),
    cell('numbers of four people', () =>
      differing(
        (scope) =>
          throws(() =>
            requireCrowd(scope, { divisionId: null, locationId: null, jobRoleId: null, phase: 'all' }, 4),
          ),
        (_role, { hidden }) => hidden,
      ),
    ),
  ];
}

/** What the log tells. */
function logCells(): Cell[] {
  return [
    cell('values of a module in the log', () =>
      modules.flatMap((module) =>
        differing(
          (scope) => isTold(scope, { module, type: 'tried' }),
          (_role, { sees }) => sees.includes(module),
        ),
      ),
    ),
    cell('an order in the log', () =>
      differing(
        (scope) => isTold(scope, { module: 'drug_alcohol', type: 'test.ordered' }),
        (role) => role === 'DER',
      ),
    ),
    cell('the id of an order in the log', () =>
      differing(
        (scope) => isTold(scope, { system: 'quest-esp.order' }),
        (role) => role === 'DER',
      ),
    ),
    cell('a log without anything hidden', () => [
      ...differing(
        (scope) => seesWholeLog(scope),
        (role) => role === 'DER',
      ),
      ...(seesWholeLog(program({ dot: ['view'] })) ? ['a program that sees one module'] : []),
    ]),
  ];
}

/** Who may do what, asked of the functions that decide it. */
function officeCells(): Cell[] {
  const roster: readonly string[] = ['CompanyAdmin', 'HROnboarding', 'ComplianceManager'];
  return [
    cell('who answers a request', () =>
      modules.flatMap((module) =>
        differing(
          (scope) => refusalToDecide(scope, request(module)) === null,
          (role) => may(role, 'A', module),
        ),
      ),
    ),
    cell('who answers for the whole company', () =>
      refusalToDecide(program({ dot: ['view', 'approve'] }), request('dot')) === null
        ? ['a limited program']
        : [],
    ),
    cell('a company that is not among one’s own', () =>
      (tabledRoles as Role[]).filter((role) => {
        const elsewhere = { ...staff(role), actingTenantId: testId('tenant', 2) as never };
        return !throws(() => authorize(elsewhere, 'see', 'any-module'));
      }),
    ),
    cell('questions of a module', () =>
      modules.flatMap((module) =>
        differing(
          (scope) => readableModules(scope).includes(module),
          (_role, { sees }) => sees.includes(module),
        ),
      ),
    ),
    cell('questions about the roster', () =>
      differing(
        (scope) => readableModules(scope).includes('people'),
        (role) => roster.includes(role),
      ),
    ),
    cell('who settles questions', () => [
      ...modules.flatMap((module) =>
        differing(
          (scope) => maySettle(scope, module),
          (role) => may(role, 'W', module),
        ),
      ),
      ...differing(
        (scope) => maySettle(scope, 'people'),
        (role) => roster.includes(role),
      ),
    ]),
  ];
}
