import { sql } from 'kysely';
import type { DivisionId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Instant } from '#contracts/time';
import { isUniqueViolation, type Tx } from '#platform/postgres';
import { PlumblineError } from '#platform/errors';
import type { InvitationState } from './machine.ts';

export interface Invitation {
  readonly id: Id<'invitation'>;
  readonly tenantId: TenantId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  readonly assignedTenantIds: readonly TenantId[];
  readonly state: InvitationState;
  readonly expiresAt: Instant;
  readonly sentAt: Instant;
  readonly sentTimes: number;
  readonly invitedBy: { readonly id: UserId; readonly name: string };
}

interface Row {
  id: Id<'invitation'>;
  tenant_id: TenantId;
  email: string;
  name: string;
  role: Role;
  division_ids: DivisionId[] | null;
  location_ids: LocationId[] | null;
  assigned_tenant_ids: TenantId[];
  state: 'open' | 'accepted' | 'revoked';
  expires_at: Date;
  sent_at: Date;
  sent_times: number;
  invited_by: UserId;
  invited_name: string;
}

const columns = sql.raw(
  'id, tenant_id, email, name, role, division_ids, location_ids, assigned_tenant_ids, state, expires_at, sent_at, sent_times, invited_by, invited_name',
);

const toInvitation =
  (now: Instant) =>
  (row: Row): Invitation => ({
    id: row.id,
    tenantId: row.tenant_id,
    email: row.email,
    name: row.name,
    role: row.role,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
    assignedTenantIds: row.assigned_tenant_ids,
    state: row.state === 'open' && row.expires_at.getTime() <= Date.parse(now) ? 'expired' : row.state,
    expiresAt: row.expires_at.toISOString(),
    sentAt: row.sent_at.toISOString(),
    sentTimes: row.sent_times,
    invitedBy: { id: row.invited_by, name: row.invited_name },
  });

/** Throws `identity.invitation_open` when that address is invited already. */
export async function insertInvitation(tx: Tx, made: Invitation, tokenDigest: string): Promise<void> {
  try {
    await sql`
      insert into invitations (tenant_id, id, email, name, role, division_ids, location_ids, assigned_tenant_ids,
        token_digest, expires_at, sent_at, invited_by, invited_name)
      values (${made.tenantId}, ${made.id}, ${made.email}, ${made.name}, ${made.role}, ${made.divisionIds}::text[],
        ${made.locationIds}::text[], ${made.assignedTenantIds}::text[], ${tokenDigest},
        ${made.expiresAt}::timestamptz, ${made.sentAt}::timestamptz, ${made.invitedBy.id}, ${made.invitedBy.name})`.execute(
      tx,
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PlumblineError({
      kind: 'conflict',
      code: 'identity.invitation_open',
      detail: 'That address is invited already. Send the invitation again, or take it back first.',
      cause: error,
    });
  }
}

export async function listInvitations(tx: Tx, now: Instant): Promise<Invitation[]> {
  const { rows } = await sql<Row>`
    select ${columns} from invitations order by state = 'open' desc, sent_at desc, id limit 500`.execute(tx);
  return rows.map(toInvitation(now));
}

/** Locks the row. */
export async function findInvitation(
  tx: Tx,
  by: { readonly id: string } | { readonly tokenDigest: string },
  now: Instant,
): Promise<Invitation | null> {
  const which = 'id' in by ? sql`id = ${by.id}` : sql`token_digest = ${by.tokenDigest}`;
  const { rows } = await sql<Row>`select ${columns} from invitations where ${which} for update`.execute(tx);
  return rows.map(toInvitation(now))[0] ?? null;
}

export async function renewInvitation(
  tx: Tx,
  { tenantId, id }: Invitation,
  sent: { readonly tokenDigest: string; readonly at: Instant; readonly expiresAt: Instant },
): Promise<void> {
  await sql`
    update invitations set token_digest = ${sent.tokenDigest}, sent_at = ${sent.at}::timestamptz,
      sent_times = sent_times + 1, expires_at = ${sent.expiresAt}::timestamptz
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
}

export async function closeInvitation(
  tx: Tx,
  { tenantId, id }: Invitation,
  state: 'accepted' | 'revoked',
  at: Instant,
): Promise<void> {
  await sql`
    update invitations set state = ${state}, closed_at = ${at}::timestamptz
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
}

/** The account of an address. In a system transaction. */
export async function findUserByEmail(tx: Tx, email: string): Promise<UserId | null> {
  const { rows } = await sql<{ id: UserId }>`select id from auth_users where email = ${email}`.execute(tx);
  return rows[0]?.id ?? null;
}
