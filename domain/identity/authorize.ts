import { moduleNames, modules, type Module } from '#contracts/modules';
import type { EmployeeId } from '#contracts/ids';
import type { Area, Right, Role } from '#contracts/roles';
import { roleNames } from '#contracts/screens/frame';
import { PlumblineError } from '#platform/errors';
import { narrow } from './narrow.ts';
import { noRights, operationsRoles, permissions, reaches, rosterRoles } from './permissions.ts';
import type { Scope } from './scope.ts';
import type { Viewer } from './viewer.ts';

/**
 * A right of the matrix; `see`: any sight at all (view, status or de-identified); `export-deidentified`: export of what
 * names nobody, which the right to de-identified data holds too; `dual-control`: a part in what two people do together,
 * which whoever may export or approve has.
 */
export type Ask = Right | 'see' | 'export-deidentified' | 'dual-control';
/** An area of the matrix, or any of the six modules. */
export type AskedArea = Area | 'any-module';

/**
 * The only maker of scopes. Throws `forbidden` errors: `identity.tenant_not_reached` (the acting tenant is not the
 * viewer's to act for) and `identity.right_missing` (which names the right, the area and the role).
 */
export function authorize(viewer: Viewer, ask: Ask, area: AskedArea): Scope {
  const scope = scopeOf(viewer);
  if (!can(scope, ask, area)) throw rightMissing(viewer, ask, area);
  return scope;
}

/** The scope of "my compliance": the viewer's own record and nothing else, whatever the role. Throws `identity.no_own_record`. */
export function authorizeOwn(viewer: Viewer): Scope {
  const { employeeId } = viewer.membership;
  if (employeeId === null || viewer.actingTenantId !== viewer.membership.tenantId) {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'identity.no_own_record',
      detail: 'Your sign-in is not linked to an employee record here. Ask an administrator to link it.',
    });
  }
  return ownScope(viewer, employeeId);
}

/** Who may read how the whole platform runs: numbers without a company's name. Throws `identity.operations_not_permitted`. */
export function authorizeOperations(viewer: Viewer): Scope {
  const scope = scopeOf(viewer);
  if (canOperate(scope)) return scope;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'identity.operations_not_permitted',
    detail: `The numbers of the whole platform are for ${operationsRoles.map((role) => labelOf(role, viewer.membership.roleLabels)).join(', ')}; ${roleWords(viewer)}.`,
  });
}

export function canOperate(scope: Scope): boolean {
  return (
    scope.role !== null &&
    !scope.narrowed &&
    scope.ownEmployeeId === null &&
    operationsRoles.includes(scope.role)
  );
}

/** Who may change the roster: adds, changes and imports of people. */
export function canChangeRoster(scope: Scope): boolean {
  return (
    scope.role !== null && !scope.narrowed && scope.ownEmployeeId === null && rosterRoles.includes(scope.role)
  );
}

/** True when the scope holds the right. View implies status; an own-record scope may view its one record. */
export function can(scope: Scope, ask: Ask, area: AskedArea): boolean {
  if (area === 'any-module') return modules.some((module) => can(scope, ask, module));
  if (scope.ownEmployeeId !== null) return isModule(area) && ['view', 'status', 'see'].includes(ask);
  const rights = scope.rights[area];
  if (ask === 'see') return rights.some((right) => ['view', 'status', 'deidentified'].includes(right));
  if (ask === 'export-deidentified')
    return rights.some((right) => ['export', 'deidentified'].includes(right));
  if (ask === 'dual-control') return rights.some((right) => ['export', 'approve'].includes(right));
  return rights.includes(ask) || (ask === 'status' && rights.includes('view'));
}

/**
 * How much of an area a viewer sees of the people in scope.
 * `full` everything · `status` the colour alone · `deidentified` everything but who it is · `none` nothing.
 */
export type Visibility = 'full' | 'status' | 'deidentified' | 'none';

export function visibilityOf(scope: Scope, area: Area): Visibility {
  if (can(scope, 'view', area)) return 'full';
  if (can(scope, 'status', area)) return 'status';
  return can(scope, 'deidentified', area) ? 'deidentified' : 'none';
}

/** Whose right is missing, in words: `your role Safety manager does not hold it`. */
export function notHeld({ role, roleLabels }: Pick<Scope, 'role' | 'roleLabels'>): string {
  return role === null ? 'you have no role here' : `your role ${labelOf(role, roleLabels)} does not hold it`;
}

/** The company's own word for a role, or ours. */
export function labelOf(role: Role, labels: Scope['roleLabels'] = {}): string {
  return labels[role] ?? roleNames[role];
}

/** True when nothing that the viewer sees may tell who it is about. */
export function isDeidentified(scope: Scope): boolean {
  const seen = modules.map((module) => visibilityOf(scope, module)).filter((sight) => sight !== 'none');
  return seen.length > 0 && seen.every((sight) => sight === 'deidentified');
}

/** True when the person is one of those that the scope shows; the same rule as `visibleEmployees` in SQL. */
export function covers(
  scope: Scope,
  person: {
    readonly tenantId: string;
    readonly employeeId: string;
    readonly divisionId: string | null;
    readonly locationId: string | null;
  },
): boolean {
  if (person.tenantId !== scope.tenantId) return false;
  if (scope.ownEmployeeId !== null) return person.employeeId === scope.ownEmployeeId;
  if (scope.divisionIds === null && scope.locationIds === null) return true;
  const inDivision = scope.divisionIds?.some((id) => id === person.divisionId) ?? false;
  return inDivision || (scope.locationIds?.some((id) => id === person.locationId) ?? false);
}

function scopeOf(viewer: Viewer): Scope {
  const { membership, actingTenantId } = viewer;
  const atHome = actingTenantId === membership.tenantId;
  if (!atHome && !membership.actsFor.includes(actingTenantId)) {
    // The same words whether or not such a tenant exists.
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'identity.tenant_not_reached',
      detail: 'That company is not among those you may act for. Ask for it to be assigned to you.',
    });
  }
  const { role, employeeId } = membership;
  if (role === null)
    return atHome && viewer.narrowing === undefined && employeeId !== null
      ? ownScope(viewer, employeeId)
      : emptyScope(viewer);
  const whole = { ...base(viewer), ...limits(viewer), role, ownEmployeeId: null, rights: permissions[role] };
  return make(viewer.narrowing === undefined ? whole : { ...whole, ...narrow(whole, viewer.narrowing) });
}

function limits(viewer: Viewer): Pick<Scope, 'divisionIds' | 'locationIds'> {
  const { role, divisionIds, locationIds } = viewer.membership;
  const reach = role === null ? 'billing' : reaches[role];
  if (reach === 'locations') return { divisionIds: null, locationIds: locationIds ?? [] };
  if (reach === 'billing') return { divisionIds: [], locationIds: [] };
  if (reach !== 'divisions_or_locations') return { divisionIds: null, locationIds: null };
  // Nothing assigned means nobody, not everybody.
  if (divisionIds === null && locationIds === null) return { divisionIds: [], locationIds: [] };
  return { divisionIds, locationIds };
}

function ownScope(viewer: Viewer, employeeId: EmployeeId): Scope {
  const { role } = viewer.membership;
  return make({
    ...base(viewer),
    role,
    divisionIds: null,
    locationIds: null,
    ownEmployeeId: employeeId,
    rights: noRights,
  });
}

function emptyScope(viewer: Viewer): Scope {
  return make({
    ...base(viewer),
    role: null,
    divisionIds: [],
    locationIds: [],
    ownEmployeeId: null,
    rights: noRights,
  });
}

function base(viewer: Viewer) {
  return {
    tenantId: viewer.actingTenantId,
    userId: viewer.user.id,
    homeTenantId: viewer.membership.tenantId,
    roleLabels: viewer.membership.roleLabels ?? {},
    narrowed: viewer.narrowing !== undefined,
  };
}

type ScopeFields = { [K in keyof Scope as K extends string ? K : never]: Scope[K] };

function make(fields: ScopeFields): Scope {
  return Object.freeze(fields) as Scope;
}

function isModule(area: Area): area is Module {
  return (modules as readonly string[]).includes(area);
}

const askWords: Record<Ask, string> = {
  see: 'see',
  view: 'view',
  status: 'see the status of',
  write: 'change',
  approve: 'approve in',
  export: 'export from',
  'export-deidentified': 'export de-identified data of',
  deidentified: 'see de-identified data of',
  'dual-control': 'export from or approve in',
};

function rightMissing(viewer: Viewer, ask: Ask, area: AskedArea): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'identity.right_missing',
    detail: `You need the right to ${askWords[ask]} ${areaName(area)} (${ask}); ${roleWords(viewer)}.`,
  });
}

function areaName(area: AskedArea): string {
  if (area === 'any-module') return 'any compliance module';
  if (area === 'billing') return 'Billing';
  return area === 'administration' ? 'Administration' : moduleNames[area];
}

function roleWords(viewer: Viewer): string {
  const { role } = viewer.membership;
  return role === null
    ? 'you have no role here'
    : `your role is ${labelOf(role, viewer.membership.roleLabels)}`;
}
