import { sql } from 'kysely';
import type { DivisionId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Tx } from '#platform/postgres';
import type { Plain } from './canonical.ts';

export interface ScimUser {
  readonly tenantId: TenantId;
  readonly id: Id<'scimUser'>;
  readonly userId: UserId;
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** Canonical, without userName, externalId and active. */
  readonly attributes: Plain;
  readonly governs: boolean;
  readonly madeAccount: boolean;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly groups: readonly { readonly value: Id<'scimGroup'>; readonly display: string }[];
}

interface UserRow {
  tenant_id: TenantId;
  id: Id<'scimUser'>;
  user_id: UserId;
  user_name: string;
  external_id: string | null;
  active: boolean;
  attributes: Plain;
  governs: boolean;
  made_account: boolean;
  version: number;
  created_at: Date;
  updated_at: Date;
  groups: { value: Id<'scimGroup'>; display: string }[];
}

const userColumns = sql.raw(
  `u.tenant_id, u.id, u.user_id, u.user_name, u.external_id, u.active, u.attributes, u.governs, u.made_account,
   u.version, u.created_at, u.updated_at, coalesce((select json_agg(json_build_object('value', g.id, 'display', g.display_name)
     order by g.id) from scim_group_members m join scim_groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
     where m.tenant_id = u.tenant_id and m.scim_user_id = u.id), '[]'::json) as groups`,
);

function toUser(row: UserRow): ScimUser {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active,
    attributes: row.attributes,
    governs: row.governs,
    madeAccount: row.made_account,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    groups: row.groups,
  };
}

/** Locks the row for the transaction. */
export async function lockUser(tx: Tx, tenantId: TenantId, id: string): Promise<ScimUser | null> {
  const { rows } = await sql<UserRow>`
    select ${userColumns} from scim_users u where u.tenant_id = ${tenantId} and u.id = ${id} for update of u`.execute(
    tx,
  );
  return rows[0] === undefined ? null : toUser(rows[0]);
}

export interface Lookup {
  readonly column: 'id' | 'name' | 'external';
  readonly value: string;
}

export async function listUsers(tx: Tx, lookup: Lookup | null, most: number): Promise<ScimUser[]> {
  const by = {
    id: sql`u.id = ${lookup?.value ?? ''}`,
    name: sql`u.user_name_key = ${lookup?.value.toLowerCase() ?? ''}`,
    external: sql`u.external_id = ${lookup?.value ?? ''}`,
  };
  const where = lookup === null ? sql`true` : by[lookup.column];
  const { rows } = await sql<UserRow>`
    select ${userColumns} from scim_users u where ${where} order by u.id limit ${most}`.execute(tx);
  return rows.map(toUser);
}

export async function isUserNameTaken(
  tx: Tx,
  tenantId: TenantId,
  userName: string,
  except: string,
): Promise<boolean> {
  const { rows } = await sql`select from scim_users where tenant_id = ${tenantId}
    and user_name_key = ${userName.toLowerCase()} and id <> ${except}`.execute(tx);
  return rows.length > 0;
}

export async function insertUser(tx: Tx, user: ScimUser): Promise<void> {
  await sql`
    insert into scim_users (tenant_id, id, user_id, user_name, user_name_key, external_id, active, attributes, governs,
      made_account, created_at, updated_at)
    values (${user.tenantId}, ${user.id}, ${user.userId}, ${user.userName}, ${user.userName.toLowerCase()},
      ${user.externalId}, ${user.active}, ${JSON.stringify(user.attributes)}::jsonb, ${user.governs},
      ${user.madeAccount}, ${user.createdAt}::timestamptz, ${user.updatedAt}::timestamptz)`.execute(tx);
}

export async function updateUser(tx: Tx, user: ScimUser): Promise<void> {
  await sql`
    update scim_users set user_name = ${user.userName}, user_name_key = ${user.userName.toLowerCase()},
      external_id = ${user.externalId}, active = ${user.active}, attributes = ${JSON.stringify(user.attributes)}::jsonb,
      governs = ${user.governs}, version = ${user.version}, updated_at = ${user.updatedAt}::timestamptz
    where tenant_id = ${user.tenantId} and id = ${user.id}`.execute(tx);
}

export async function deleteUser(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  await sql`delete from scim_users where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
}

export interface ScimGroup {
  readonly tenantId: TenantId;
  readonly id: Id<'scimGroup'>;
  readonly displayName: string;
  readonly externalId: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly members: readonly { readonly value: Id<'scimUser'>; readonly display: string }[];
}

interface GroupRow {
  tenant_id: TenantId;
  id: Id<'scimGroup'>;
  display_name: string;
  external_id: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  members: { value: Id<'scimUser'>; display: string }[];
}

const groupColumns = sql.raw(
  `g.tenant_id, g.id, g.display_name, g.external_id, g.version, g.created_at, g.updated_at,
   coalesce((select json_agg(json_build_object('value', u.id, 'display', u.user_name) order by u.id)
     from scim_group_members m join scim_users u on u.tenant_id = m.tenant_id and u.id = m.scim_user_id
     where m.tenant_id = g.tenant_id and m.group_id = g.id), '[]'::json) as members`,
);

function toGroup(row: GroupRow): ScimGroup {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    displayName: row.display_name,
    externalId: row.external_id,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    members: row.members,
  };
}

/** Locks the row for the transaction. */
export async function lockGroup(tx: Tx, tenantId: TenantId, id: string): Promise<ScimGroup | null> {
  const { rows } = await sql<GroupRow>`
    select ${groupColumns} from scim_groups g where g.tenant_id = ${tenantId} and g.id = ${id} for update of g`.execute(
    tx,
  );
  return rows[0] === undefined ? null : toGroup(rows[0]);
}

export async function listGroups(tx: Tx, lookup: Lookup | null, most: number): Promise<ScimGroup[]> {
  const by = {
    id: sql`g.id = ${lookup?.value ?? ''}`,
    name: sql`g.display_name_key = ${lookup?.value.toLowerCase() ?? ''}`,
    external: sql`g.external_id = ${lookup?.value ?? ''}`,
  };
  const where = lookup === null ? sql`true` : by[lookup.column];
  const { rows } = await sql<GroupRow>`
    select ${groupColumns} from scim_groups g where ${where} order by g.id limit ${most}`.execute(tx);
  return rows.map(toGroup);
}

export async function isGroupNameTaken(
  tx: Tx,
  tenantId: TenantId,
  name: string,
  except: string,
): Promise<boolean> {
  const { rows } = await sql`select from scim_groups where tenant_id = ${tenantId}
    and display_name_key = ${name.toLowerCase()} and id <> ${except}`.execute(tx);
  return rows.length > 0;
}

export async function upsertGroup(tx: Tx, group: ScimGroup): Promise<void> {
  await sql`
    insert into scim_groups (tenant_id, id, display_name, display_name_key, external_id, version, created_at, updated_at)
    values (${group.tenantId}, ${group.id}, ${group.displayName}, ${group.displayName.toLowerCase()},
      ${group.externalId}, ${group.version}, ${group.createdAt}::timestamptz, ${group.updatedAt}::timestamptz)
    on conflict (tenant_id, id) do update set display_name = excluded.display_name,
      display_name_key = excluded.display_name_key, external_id = excluded.external_id, version = excluded.version,
      updated_at = excluded.updated_at`.execute(tx);
}

export async function deleteGroup(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  await sql`delete from scim_groups where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
}

/** Those of the ids that are users of the company. */
export async function knownUsers(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from scim_users where tenant_id = ${tenantId} and id = any(${ids}::text[])`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

export async function setMembers(
  tx: Tx,
  { tenantId, id }: Pick<ScimGroup, 'tenantId' | 'id'>,
  added: readonly string[],
  removed: readonly string[],
): Promise<void> {
  await sql`delete from scim_group_members where tenant_id = ${tenantId} and group_id = ${id}
    and scim_user_id = any(${removed}::text[])`.execute(tx);
  await sql`insert into scim_group_members (tenant_id, group_id, scim_user_id)
    select ${tenantId}, ${id}, unnest(${added}::text[]) on conflict do nothing`.execute(tx);
}

/** What a group gives its members. */
export interface RoleMapping {
  readonly groupId: Id<'scimGroup'>;
  readonly role: Role;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
}

interface MappingRow {
  group_id: Id<'scimGroup'>;
  role: Role;
  division_ids: DivisionId[] | null;
  location_ids: LocationId[] | null;
}

/** First made first: that order decides between roles. The company is named, for transactions that see others too. */
export async function listMappings(
  tx: Tx,
  tenantId: TenantId,
  groupIds: readonly string[] | null,
): Promise<RoleMapping[]> {
  const { rows } = await sql<MappingRow>`
    select group_id, role, division_ids, location_ids from scim_role_mappings
    where tenant_id = ${tenantId} and (${groupIds}::text[] is null or group_id = any(${groupIds}::text[]))
    order by mapped_at, group_id`.execute(tx);
  return rows.map((row) => ({
    groupId: row.group_id,
    role: row.role,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
  }));
}

export async function saveMapping(
  tx: Tx,
  tenantId: TenantId,
  mapping: RoleMapping,
  by: UserId,
  at: string,
): Promise<void> {
  await sql`
    insert into scim_role_mappings (tenant_id, group_id, role, division_ids, location_ids, mapped_by, mapped_at)
    values (${tenantId}, ${mapping.groupId}, ${mapping.role}, ${mapping.divisionIds}::text[],
      ${mapping.locationIds}::text[], ${by}, ${at}::timestamptz)
    on conflict (tenant_id, group_id) do update set role = excluded.role, division_ids = excluded.division_ids,
      location_ids = excluded.location_ids, mapped_by = excluded.mapped_by`.execute(tx);
}

export async function deleteMapping(tx: Tx, tenantId: TenantId, groupId: string): Promise<void> {
  await sql`delete from scim_role_mappings where tenant_id = ${tenantId} and group_id = ${groupId}`.execute(
    tx,
  );
}
