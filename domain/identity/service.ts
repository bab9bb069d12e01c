import type { Id, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { SessionEvent } from './auth/events.ts';
import { nameRoles, recordActing } from './companies.ts';
import { can, labelOf } from './authorize.ts';
import { getTenant, grantMembership, revokeMembership, type NewGrant } from './grants.ts';
import {
  deleteOversight,
  insertOversight,
  insertTenant,
  listAllTenants,
  listMembers,
  loadMemberships,
  loadTenants,
  loadUserNames,
  type Member,
  type Tenant,
} from './memberships.postgres.ts';
import type { Scope } from './scope.ts';
import { recordSession } from './session-log.ts';
import type { Membership, TenantKind, Viewer } from './viewer.ts';

export interface IdentityDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

export interface NewTenant {
  readonly kind: TenantKind;
  readonly name: string;
  /** IANA zone. */
  readonly zone: string;
  readonly roleLabels?: Tenant['roleLabels'];
}

/** A company with the role in which somebody may look at it. */
export interface Seat {
  readonly tenant: Tenant;
  readonly role: Role | null;
  /** By the word of the company that gave the role. */
  readonly roleLabel: string;
  /** The company that gave the role: another than `tenant` for who acts for a client. */
  readonly home: { readonly id: TenantId; readonly name: string };
}

/** Companies, who oversees whom, and who belongs where. Each write is one audited transaction of its own. */
export interface Identity {
  /** Throws `identity.zone_unknown`. */
  createTenant(tenant: NewTenant, context: ActContext): Promise<TenantId>;
  /** Throws `identity.oversight_invalid` unless a compliance company comes to oversee a service company. */
  oversee(complianceTenantId: TenantId, serviceTenantId: TenantId, context: ActContext): Promise<void>;
  endOversight(complianceTenantId: TenantId, serviceTenantId: TenantId, context: ActContext): Promise<void>;
  /**
   * Gives a user a place in a tenant, or changes it. The caller has checked `write` on `administration`.
   * Throws `identity.role_not_for_portal`, `identity.tenant_not_found`, `identity.grant_invalid`, and
   * `identity.second_person_needed` when a person would give a privileged role alone.
   */
  grantMembership(grant: NewGrant, context: ActContext): Promise<Id<'membership'>>;
  /** The same in the transaction that carries out an approved request: the only way in which a person gives a privileged role. */
  grantApproved(
    tx: Tx,
    grant: NewGrant,
    approvalId: Id<'approval'>,
    context: ActContext,
  ): Promise<Id<'membership'>>;
  revokeMembership(tenantId: TenantId, userId: UserId, context: ActContext): Promise<void>;
  /**
   * The viewer for a user who looks at a tenant, `ten_…` or with a role of theirs `ten_….SafetyManager`; what is not theirs
   * gives their own. Null without membership. `boundTenantId`: memberships of other companies do not count.
   */
  viewer(
    user: Viewer['user'],
    wanted: string | null,
    boundTenantId?: TenantId | null,
  ): Promise<Viewer | null>;
  /** Every company with every role in which the user may look at it, by the company's name. */
  seatsOf(viewer: Viewer): Promise<Seat[]>;
  /**
   * The company's own words for roles; a role without one has ours. Audited. Throws `identity.role_labels_denied` without
   * `write` on `administration`, `identity.role_not_for_portal`.
   */
  nameRoles(scope: Scope, labels: Tenant['roleLabels'], context: ActContext): Promise<void>;
  /** Writes to the logs of both companies that somebody begins, or ends, to act for a client. */
  recordActing(viewer: Viewer, verb: 'begin' | 'end', context: ActContext): Promise<void>;
  /** Every company that the user may look at: own ones and those acted for. */
  tenantsOf(viewer: Viewer): Promise<Tenant[]>;
  /** Throws `identity.tenant_not_found`. */
  tenant(tenantId: TenantId): Promise<Tenant>;
  /** All companies, for housekeeping. */
  allTenants(): Promise<Tenant[]>;
  /** Throws `identity.right_missing` without `view` on `administration`. */
  members(
    scope: Scope,
    page: { limit: number; offset: number },
  ): Promise<{ members: Member[]; total: number }>;
  /** Names by user id, of those who can be met in the tenant. */
  userNames(tenantId: TenantId, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes what befell sessions and factors to the logs of the user's tenants; for `auth.onSession`. See README for the acts. */
  recordSession(event: SessionEvent): Promise<void>;
}

export function createIdentity(deps: IdentityDeps): Identity {
  const { postgres } = deps;
  return {
    createTenant: (tenant, context) => postgres.asSystem((tx) => createTenant(deps, tx, tenant, context)),
    oversee: (compliance, service, context) =>
      postgres.asSystem((tx) => oversee(deps, tx, compliance, service, context)),
    endOversight: (compliance, service, context) =>
      postgres.asSystem(async (tx) => {
        if (!(await deleteOversight(tx, compliance, service))) return;
        await recordOversight(deps, tx, 'end', compliance, service, context);
      }),
    grantMembership: (grant, context) => postgres.asSystem((tx) => grantMembership(deps, tx, grant, context)),
    grantApproved: (tx, grant, approvalId, context) => grantMembership(deps, tx, grant, context, approvalId),
    revokeMembership: (tenantId, userId, context) =>
      postgres.asSystem((tx) => revokeMembership(deps, tx, tenantId, userId, context)),
    viewer: (user, wanted, bound = null) => postgres.asSystem((tx) => findViewer(tx, user, wanted, bound)),
    seatsOf: (viewer) => postgres.asSystem((tx) => listSeats(tx, viewer)),
    nameRoles: (scope, labels, context) => nameRoles(deps, scope, labels, context),
    recordActing: (viewer, verb, context) => recordActing(deps, viewer, verb, context),
    tenantsOf: (viewer) =>
      postgres.asSystem(async (tx) => {
        const memberships = await reachable(tx, viewer.user.id, viewer.boundTenantId ?? null);
        return loadTenants(
          tx,
          memberships.flatMap((membership) => [membership.tenantId, ...membership.actsFor]),
        );
      }),
    tenant: (tenantId) => postgres.asSystem((tx) => getTenant(tx, tenantId)),
    allTenants: () => postgres.asSystem(listAllTenants),
    members: (scope, page) => {
      if (!can(scope, 'view', 'administration')) return Promise.reject(membersHidden());
      return postgres.asSystem((tx) => listMembers(tx, scope.tenantId, page));
    },
    userNames: (tenantId, userIds) => postgres.asSystem((tx) => loadUserNames(tx, tenantId, userIds)),
    recordSession: (event) => postgres.asSystem((tx) => recordSession(deps, tx, event)),
  };
}

async function createTenant(
  deps: IdentityDeps,
  tx: Tx,
  tenant: NewTenant,
  context: ActContext,
): Promise<TenantId> {
  requireZone(tenant.zone);
  const id = deps.ids.next('tenant');
  const made: Tenant = {
    id,
    kind: tenant.kind,
    name: tenant.name,
    zone: tenant.zone,
    roleLabels: tenant.roleLabels ?? {},
  };
  await insertTenant(tx, made, deps.clock.now());
  const draft = { ...context, act: 'identity:tenant:create', subject: { type: 'tenant', id }, after: made };
  await deps.audit.append(tx, id, [draft]);
  return id;
}

function requireZone(zone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (cause) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'identity.zone_unknown',
      detail: `"${zone}" is no IANA time zone.`,
      cause,
    });
  }
}

async function oversee(
  deps: IdentityDeps,
  tx: Tx,
  complianceTenantId: TenantId,
  serviceTenantId: TenantId,
  context: ActContext,
): Promise<void> {
  const overseer = await getTenant(tx, complianceTenantId);
  const service = await getTenant(tx, serviceTenantId);
  if (overseer.kind !== 'compliance' || service.kind !== 'service') {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'identity.oversight_invalid',
      detail: 'A compliance company oversees a service company; no other pair is possible.',
    });
  }
  if (!(await insertOversight(tx, complianceTenantId, serviceTenantId, deps.clock.now()))) return;
  await recordOversight(deps, tx, 'begin', complianceTenantId, serviceTenantId, context);
}

/** In both companies' logs, always in one order, so that two such transactions cannot wait for each other. */
async function recordOversight(
  deps: IdentityDeps,
  tx: Tx,
  verb: 'begin' | 'end',
  complianceTenantId: TenantId,
  serviceTenantId: TenantId,
  context: ActContext,
): Promise<void> {
  for (const tenantId of [complianceTenantId, serviceTenantId].toSorted()) {
    const subject = { type: 'tenant', id: serviceTenantId };
    const draft = {
      ...context,
      act: `identity:oversight:${verb}`,
      subject,
      after: { complianceTenantId, serviceTenantId },
    };
    await deps.audit.append(tx, tenantId, [draft]);
  }
}

async function findViewer(
  tx: Tx,
  user: Viewer['user'],
  wanted: string | null,
  boundTenantId: TenantId | null,
): Promise<Viewer | null> {
  const memberships = await reachable(tx, user.id, boundTenantId);
  const reached = seatsIn(memberships);
  const [wantedTenantId, wantedRole] = (wanted ?? '').split('.');
  const there = reached.filter(({ tenantId }) => tenantId === wantedTenantId);
  // Own companies come first: a company that is both one's own and acted for is one's own.
  const own = there.filter(({ membership, tenantId }) => tenantId === membership.tenantId);
  const worn = there.find(({ membership }) => membership.role === wantedRole);
  const chosen = worn ?? own[0] ?? there[0] ?? reached[0];
  return chosen === undefined
    ? null
    : { user, membership: chosen.membership, actingTenantId: chosen.tenantId, boundTenantId };
}

/** Every company with every role in which somebody may look at it. */
function seatsIn(memberships: readonly Membership[]): { membership: Membership; tenantId: TenantId }[] {
  return memberships.flatMap((membership) =>
    [membership.tenantId, ...membership.actsFor].map((tenantId) => ({ membership, tenantId })),
  );
}

async function listSeats(tx: Tx, viewer: Viewer): Promise<Seat[]> {
  const seats = seatsIn(await reachable(tx, viewer.user.id, viewer.boundTenantId ?? null));
  const tenants = await loadTenants(
    tx,
    seats.map(({ tenantId }) => tenantId),
  );
  return tenants.flatMap((tenant) =>
    seats
      .filter(({ tenantId }) => tenantId === tenant.id)
      .map(({ membership: { role, tenantId: homeTenantId, tenantName = '', roleLabels } }) => ({
        tenant,
        role,
        roleLabel: role === null ? 'Field worker' : labelOf(role, roleLabels),
        home: { id: homeTenantId, name: tenantName },
      })),
  );
}

async function reachable(tx: Tx, userId: UserId, boundTenantId: TenantId | null): Promise<Membership[]> {
  const memberships = await loadMemberships(tx, userId);
  return memberships.filter(({ tenantId }) => boundTenantId === null || tenantId === boundTenantId);
}

function membersHidden(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'identity.members_hidden',
    detail: 'Seeing who has access needs the right to view Administration.',
  });
}
