import type { Id, TenantId, UserId } from '#contracts/ids';
import { roles, type Role } from '#contracts/roles';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { sqlStateOf, sqlStates, type Tx } from '#platform/postgres';
import {
  deleteGrant,
  findGrant,
  loadTenants,
  upsertGrant,
  type Grant,
  type Tenant,
} from './memberships.postgres.ts';
import { labelOf } from './authorize.ts';
import { isPrivileged, portals } from './permissions.ts';

interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

export type NewGrant = Pick<Grant, 'tenantId' | 'userId' | 'role'> &
  Partial<Grant> & {
    /** Adds the role to those that the member has; otherwise it takes their place. */
    readonly beside?: boolean;
  };

/** Throws `identity.tenant_not_found`. */
export async function getTenant(tx: Tx, tenantId: TenantId): Promise<Tenant> {
  const [tenant] = await loadTenants(tx, [tenantId]);
  if (tenant !== undefined) return tenant;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'identity.tenant_not_found',
    detail: `There is no company ${tenantId}.`,
  });
}

/**
 * In a system transaction, or one of the tenant. `approvalId`: the request that a second person approved; a person who
 * acts without one gives no privileged role.
 */
export async function grantMembership(
  deps: Deps,
  tx: Tx,
  given: NewGrant,
  context: ActContext,
  approvalId: Id<'approval'> | null = null,
): Promise<Id<'membership'>> {
  const tenant = await getTenant(tx, given.tenantId);
  requirePortal(given.role, tenant);
  const before = await findGrant(tx, given.tenantId, given.userId);
  const grant = toGrant(given, before);
  if (approvalId === null && context.actor.type === 'user') requireSecondPerson(grant, before);
  const id = await upsertGrant(tx, deps.ids.next('membership'), grant, deps.clock.now()).catch(
    (error: unknown) => {
      throw toGrantError(error);
    },
  );
  const draft = {
    ...context,
    act: before === null ? 'identity:membership:grant' : 'identity:membership:change',
    subject: { type: 'user', id: grant.userId },
    before,
    after: approvalId === null ? grant : { ...grant, approvalId },
  };
  await deps.audit.append(tx, grant.tenantId, [draft]);
  return id;
}

function toGrant({ beside = false, ...given }: NewGrant, before: Grant | null): Grant {
  const fresh = {
    divisionIds: null,
    locationIds: null,
    assignedTenantIds: [],
    employeeId: before?.employeeId ?? null,
    otherRoles: [],
    ...given,
  };
  if (!beside || before === null || before.role === null || given.role === null) return fresh;
  const otherRoles = [...new Set([...before.otherRoles, given.role])].filter((role) => role !== before.role);
  return {
    ...before,
    otherRoles,
    divisionIds: given.divisionIds ?? before.divisionIds,
    locationIds: given.locationIds ?? before.locationIds,
    assignedTenantIds: given.assignedTenantIds ?? before.assignedTenantIds,
  };
}

/** Roles that a member had already are nobody's to give again. */
function requireSecondPerson(grant: Grant, before: Grant | null): void {
  const had = before === null ? [] : [before.role, ...before.otherRoles];
  for (const role of [grant.role, ...grant.otherRoles]) if (!had.includes(role)) requireUnprivileged(role);
}

/** Throws `identity.second_person_needed`. */
function requireUnprivileged(role: Role | null): void {
  if (role === null || !isPrivileged(role)) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'identity.second_person_needed',
    detail: `${labelOf(role)} may approve for others, so nobody gives it alone: ask for approval, and a second person answers.`,
  });
}

export function requirePortal(role: Role | null, tenant: Tenant): void {
  const allowed: readonly Role[] = portals[tenant.kind];
  const fits = role === null ? tenant.kind === 'service' : roles.includes(role) && allowed.includes(role);
  if (fits) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'identity.role_not_for_portal',
    detail: `${role ?? 'A field worker'} is no role of a ${tenant.kind} company. Its roles are ${allowed.join(', ')}.`,
  });
}

function toGrantError(error: unknown): unknown {
  const state = sqlStateOf(error);
  if (state !== sqlStates.foreignKeyViolation && state !== sqlStates.uniqueViolation) return error;
  return new PlumblineError({
    kind: 'invalid',
    code: 'identity.grant_invalid',
    detail:
      state === sqlStates.uniqueViolation
        ? 'Another user is linked to that employee record already.'
        : 'The user or the employee record does not exist.',
    cause: error,
  });
}

export async function revokeMembership(
  deps: Deps,
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  context: ActContext,
): Promise<void> {
  const before = await findGrant(tx, tenantId, userId);
  if (before === null) return;
  await deleteGrant(tx, tenantId, userId);
  const draft = {
    ...context,
    act: 'identity:membership:revoke',
    subject: { type: 'user', id: userId },
    before,
  };
  await deps.audit.append(tx, tenantId, [draft]);
}
