import { sql } from 'kysely';
import type { DivisionId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Tx } from '#platform/postgres';

export type ClientKind = 'key' | 'oauth';

/** A program of a company, without its secret. */
export interface ApiClient {
  readonly tenantId: TenantId;
  readonly id: Id<'apiClient'>;
  readonly kind: ClientKind;
  readonly name: string;
  readonly prefix: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  readonly ratePerMinute: number | null;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
  readonly revokedAt: string | null;
  readonly createdBy: UserId;
  readonly createdAt: string;
}

interface Row {
  tenant_id: TenantId;
  id: Id<'apiClient'>;
  kind: ClientKind;
  name: string;
  prefix: string;
  role: Role;
  scopes: string[];
  division_ids: DivisionId[] | null;
  location_ids: LocationId[] | null;
  rate_per_minute: number | null;
  expires_at: Date;
  last_used_at: Date | null;
  last_used_ip: string | null;
  revoked_at: Date | null;
  created_by: UserId;
  created_at: Date;
}

const columns = sql.raw(
  `c.tenant_id, c.id, c.kind, c.name, c.prefix, c.role, c.scopes, c.division_ids, c.location_ids, c.rate_per_minute,
   c.expires_at, c.last_used_at, c.last_used_ip, c.revoked_at, c.created_by, c.created_at`,
);

function toClient(row: Row): ApiClient {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    kind: row.kind,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    scopes: row.scopes,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
    ratePerMinute: row.rate_per_minute,
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastUsedIp: row.last_used_ip,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

export async function insertClient(tx: Tx, client: ApiClient, secretHash: string): Promise<void> {
  await sql`
    insert into api_clients (tenant_id, id, kind, name, prefix, secret_hash, role, scopes, division_ids, location_ids,
      rate_per_minute, expires_at, created_by, created_at)
    values (${client.tenantId}, ${client.id}, ${client.kind}, ${client.name}, ${client.prefix}, ${secretHash},
      ${client.role}, ${client.scopes}::text[], ${client.divisionIds}::text[], ${client.locationIds}::text[],
      ${client.ratePerMinute}, ${client.expiresAt}::timestamptz, ${client.createdBy},
      ${client.createdAt}::timestamptz)`.execute(tx);
}

/** Newest first. */
export async function listClients(tx: Tx, limit: number): Promise<ApiClient[]> {
  const { rows } = await sql<Row>`
    select ${columns} from api_clients c order by c.created_at desc, c.id limit ${limit}`.execute(tx);
  return rows.map(toClient);
}

export async function countLiving(tx: Tx, at: string): Promise<number> {
  const { rows } = await sql<{ living: number }>`
    select count(*)::int as living from api_clients
    where revoked_at is null and expires_at > ${at}::timestamptz`.execute(tx);
  return rows[0]?.living ?? 0;
}

/** Null when there is none, or it was revoked before. */
export async function revokeClient(tx: Tx, id: string, at: string): Promise<ApiClient | null> {
  const { rows } = await sql<Row>`
    update api_clients c set revoked_at = ${at}::timestamptz where c.id = ${id} and c.revoked_at is null
    returning ${columns}`.execute(tx);
  await sql`delete from api_tokens where client_id = ${id}`.execute(tx);
  return rows[0] === undefined ? null : toClient(rows[0]);
}

/** In a system transaction: nobody knows the company yet. */
export async function findByPrefix(
  tx: Tx,
  prefix: string,
): Promise<{ client: ApiClient; secretHash: string } | null> {
  const { rows } = await sql<Row & { secret_hash: string }>`
    select ${columns}, c.secret_hash from api_clients c where c.prefix = ${prefix}`.execute(tx);
  const row = rows[0];
  return row === undefined ? null : { client: toClient(row), secretHash: row.secret_hash };
}

/** In a system transaction. The client comes with the token's own scopes and end. */
export async function findByToken(tx: Tx, tokenHash: string): Promise<ApiClient | null> {
  const { rows } = await sql<Row & { token_scopes: string[]; token_expires_at: Date }>`
    select ${columns}, t.scopes as token_scopes, t.expires_at as token_expires_at
    from api_tokens t join api_clients c on c.tenant_id = t.tenant_id and c.id = t.client_id
    where t.token_hash = ${tokenHash}`.execute(tx);
  const row = rows[0];
  if (row === undefined) return null;
  const client = toClient(row);
  const until = row.token_expires_at < row.expires_at ? row.token_expires_at : row.expires_at;
  return { ...client, scopes: row.token_scopes, expiresAt: until.toISOString() };
}

export async function insertToken(
  tx: Tx,
  token: {
    tenantId: TenantId;
    hash: string;
    clientId: string;
    scopes: readonly string[];
    at: string;
    expiresAt: string;
  },
): Promise<void> {
  await sql`delete from api_tokens where tenant_id = ${token.tenantId}
    and expires_at < ${token.at}::timestamptz`.execute(tx);
  await sql`
    insert into api_tokens (tenant_id, token_hash, client_id, scopes, expires_at, created_at)
    values (${token.tenantId}, ${token.hash}, ${token.clientId}, ${token.scopes}::text[],
      ${token.expiresAt}::timestamptz, ${token.at}::timestamptz)`.execute(tx);
}

export async function touchClient(
  tx: Tx,
  { tenantId, id }: Pick<ApiClient, 'tenantId' | 'id'>,
  at: string,
  ip: string | null,
): Promise<void> {
  await sql`update api_clients set last_used_at = ${at}::timestamptz, last_used_ip = ${ip}
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
}
