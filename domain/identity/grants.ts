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
import { isPrivileged, portals } from './permissions.ts';

interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

export type NewGrant = Pick<Grant, 'tenantId' | 'userId' | 'role'> & Partial<Grant>;

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
  if (approvalId === null && context.actor.type === 'user') requireUnprivileged(given.role);
  const grant: Grant = {
    divisionIds: null,
    locationIds: null,
    assignedTenantIds: [],
    employeeId: null,
    ...given,
  };
  const before = await findGrant(tx, grant.tenantId, grant.userId);
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

function requireUnprivileged(role: Role | null): void {
  if (!isPrivileged(role)) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'identity.second_person_needed',
    detail: `${role} may approve for others, so nobody gives it alone: ask for approval, and a second person answers.`,
  });
}

function requirePortal(role: Role | null, tenant: Tenant): void {
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
