import { sql } from 'kysely';
import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Instant } from '#contracts/time';
import type { Tx } from '#platform/postgres';
import { reaches } from './permissions.ts';
import type { Membership, TenantKind } from './viewer.ts';

/** A company as screens name it. */
export interface Tenant {
  readonly id: TenantId;
  readonly kind: TenantKind;
  readonly name: string;
  /** IANA zone. */
  readonly zone: string;
  readonly roleLabels: Readonly<Partial<Record<Role, string>>>;
}

interface TenantRow {
  tenant_id: TenantId;
  kind: TenantKind;
  name: string;
  zone: string;
  role_labels: Tenant['roleLabels'];
}

function toTenant(row: TenantRow): Tenant {
  return { id: row.tenant_id, kind: row.kind, name: row.name, zone: row.zone, roleLabels: row.role_labels };
}

export async function insertTenant(tx: Tx, tenant: Tenant, at: Instant): Promise<void> {
  await sql`
    insert into tenants (tenant_id, kind, name, zone, role_labels, created_at)
    values (${tenant.id}, ${tenant.kind}, ${tenant.name}, ${tenant.zone}, ${JSON.stringify(tenant.roleLabels)}::jsonb,
      ${at}::timestamptz)`.execute(tx);
}

export async function loadTenants(tx: Tx, ids: readonly TenantId[]): Promise<Tenant[]> {
  const { rows } = await sql<TenantRow>`
    select tenant_id, kind, name, zone, role_labels from tenants where tenant_id = any(${ids}::text[])
    order by name, tenant_id`.execute(tx);
  return rows.map(toTenant);
}

export async function listAllTenants(tx: Tx): Promise<Tenant[]> {
  const { rows } = await sql<TenantRow>`
    select tenant_id, kind, name, zone, role_labels from tenants order by name, tenant_id`.execute(tx);
  return rows.map(toTenant);
}

export async function insertOversight(
  tx: Tx,
  complianceTenantId: TenantId,
  serviceTenantId: TenantId,
  at: Instant,
): Promise<boolean> {
  const done = await sql`
    insert into oversights (tenant_id, service_tenant_id, since)
    values (${complianceTenantId}, ${serviceTenantId}, ${at}::timestamptz) on conflict do nothing`.execute(
    tx,
  );
  return (done.numAffectedRows ?? 0n) > 0n;
}

export async function deleteOversight(
  tx: Tx,
  complianceTenantId: TenantId,
  serviceTenantId: TenantId,
): Promise<boolean> {
  const done = await sql`
    delete from oversights where tenant_id = ${complianceTenantId} and service_tenant_id = ${serviceTenantId}`.execute(
    tx,
  );
  return (done.numAffectedRows ?? 0n) > 0n;
}

/** A membership as it is granted: without what oversight makes of it. */
export interface Grant {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  /** Null = field worker. */
  readonly role: Role | null;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  readonly assignedTenantIds: readonly TenantId[];
  readonly employeeId: EmployeeId | null;
  /** Roles that they may change to. */
  readonly otherRoles: readonly Role[];
}

interface MembershipRow {
  id: Id<'membership'>;
  tenant_id: TenantId;
  user_id: UserId;
  role: Role | null;
  division_ids: DivisionId[] | null;
  location_ids: LocationId[] | null;
  assigned_tenant_ids: TenantId[];
  employee_id: EmployeeId | null;
  other_roles: Role[];
}

function toGrant(row: MembershipRow): Grant {
  return {
    tenantId: row.tenant_id,
    userId: row.user_id,
    role: row.role,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
    assignedTenantIds: row.assigned_tenant_ids,
    employeeId: row.employee_id,
    otherRoles: row.other_roles,
  };
}

const columns = sql.raw(
  'm.id, m.tenant_id, m.user_id, m.role, m.division_ids, m.location_ids, m.assigned_tenant_ids, m.employee_id, m.other_roles',
);

export async function findGrant(tx: Tx, tenantId: TenantId, userId: UserId): Promise<Grant | null> {
  const { rows } = await sql<MembershipRow>`
    select ${columns} from memberships m where m.tenant_id = ${tenantId} and m.user_id = ${userId} for update`.execute(
    tx,
  );
  return rows[0] === undefined ? null : toGrant(rows[0]);
}

export async function upsertGrant(
  tx: Tx,
  id: Id<'membership'>,
  grant: Grant,
  at: Instant,
): Promise<Id<'membership'>> {
  const { rows } = await sql<{ id: Id<'membership'> }>`
    insert into memberships (tenant_id, id, user_id, role, division_ids, location_ids, assigned_tenant_ids,
      employee_id, other_roles, created_at, updated_at)
    values (${grant.tenantId}, ${id}, ${grant.userId}, ${grant.role}, ${grant.divisionIds}::text[],
      ${grant.locationIds}::text[], ${grant.assignedTenantIds}::text[], ${grant.employeeId},
      ${grant.otherRoles}::text[], ${at}::timestamptz, ${at}::timestamptz)
    on conflict (tenant_id, user_id) do update set role = excluded.role, division_ids = excluded.division_ids,
      location_ids = excluded.location_ids, assigned_tenant_ids = excluded.assigned_tenant_ids,
      employee_id = excluded.employee_id, other_roles = excluded.other_roles, updated_at = excluded.updated_at
    returning id`.execute(tx);
  return rows[0]?.id ?? id;
}

export async function deleteGrant(tx: Tx, tenantId: TenantId, userId: UserId): Promise<void> {
  await sql`delete from memberships where tenant_id = ${tenantId} and user_id = ${userId}`.execute(tx);
}

/** A user's memberships that let in, one for each role, oldest first, with the companies that each may act for. */
export async function loadMemberships(tx: Tx, userId: UserId): Promise<Membership[]> {
  const { rows } = await sql<
    MembershipRow & { overseen: TenantId[]; tenant_name: string; role_labels: Tenant['roleLabels'] }
  >`
    select ${columns}, t.name as tenant_name, t.role_labels, array(
      select o.service_tenant_id from oversights o where o.tenant_id = m.tenant_id order by o.since, 1) as overseen
    from memberships m join tenants t on t.tenant_id = m.tenant_id where m.user_id = ${userId} and m.suspended_at is null order by m.created_at, m.id`.execute(
    tx,
  );
  // One for each role: what somebody may do is what the role does that they have on.
  const worn = rows.flatMap((row) => [row.role, ...row.other_roles].map((role) => ({ row, role })));
  return worn.map(({ row, role }) => ({
    id: row.id,
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    roleLabels: row.role_labels,
    role,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
    employeeId: row.employee_id,
    actsFor: actsFor(role, row.overseen, row.assigned_tenant_ids),
  }));
}

/** Companies that a role of a compliance company may act for: those overseen, and if it does not reach all, assigned. */
function actsFor(
  role: Role | null,
  overseen: readonly TenantId[],
  assigned: readonly TenantId[],
): readonly TenantId[] {
  const reach = role === null ? null : reaches[role];
  if (reach === 'all_overseen_companies') return overseen;
  return reach === 'assigned_companies' ? overseen.filter((tenantId) => assigned.includes(tenantId)) : [];
}

export interface Member extends Grant {
  readonly id: Id<'membership'>;
  readonly name: string;
  readonly email: string;
}

/** Members of a tenant by name. In a system transaction: users are not tenant data. */
export async function listMembers(
  tx: Tx,
  tenantId: TenantId,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ members: Member[]; total: number }> {
  const { rows } = await sql<MembershipRow & { name: string; email: string; total: string }>`
    select ${columns}, u.name, u.email, count(*) over () as total
    from memberships m join auth_users u on u.id = m.user_id
    where m.tenant_id = ${tenantId} order by u.name, m.id limit ${page.limit} offset ${page.offset}`.execute(
    tx,
  );
  const members = rows.map((row) => ({ ...toGrant(row), id: row.id, name: row.name, email: row.email }));
  return { members, total: Number(rows[0]?.total ?? 0) };
}

/** Tenants in whose log a sign-in of this user belongs. */
export async function findTenantsOfUser(
  tx: Tx,
  by: { readonly userId: UserId } | { readonly email: string },
): Promise<{ user: { id: UserId; name: string }; tenantIds: TenantId[] } | null> {
  const who = 'userId' in by ? sql`u.id = ${by.userId}` : sql`u.email = ${by.email.trim().toLowerCase()}`;
  const { rows } = await sql<{ id: UserId; name: string; tenant_ids: TenantId[] }>`
    select u.id, u.name, array(select m.tenant_id from memberships m where m.user_id = u.id order by 1) as tenant_ids
    from auth_users u where ${who}`.execute(tx);
  const row = rows[0];
  return row === undefined ? null : { user: { id: row.id, name: row.name }, tenantIds: row.tenant_ids };
}

/** Names of users who belong to the tenant, or to a company that acts for it. Others are left out. */
export async function loadUserNames(
  tx: Tx,
  tenantId: TenantId,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select u.id, u.name from auth_users u
    where u.id = any(${userIds}::text[]) and exists (
      select from memberships m
      where m.user_id = u.id and (m.tenant_id = ${tenantId} or m.tenant_id in (
        select o.tenant_id from oversights o where o.service_tenant_id = ${tenantId})))`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.name]));
}
