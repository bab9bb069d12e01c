import { sql } from 'kysely';
import type { EmployeeId, TenantId, UserId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';
import { grantMembership, revokeMembership, type NewGrant } from './grants.ts';
import { findGrant, type Grant } from './memberships.postgres.ts';
import { isPrivileged } from './permissions.ts';

interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

/**
 * Accounts and memberships as an identity provider keeps them. All in the caller's system transaction; whoever calls
 * ends the sessions of those concerned after it. No privileged role is ever given here.
 */
export interface Provisioned {
  /** The account with this address, made without a password when there is none. */
  ensureAccount(tx: Tx, account: { name: string; email: string }): Promise<{ userId: UserId; made: boolean }>;
  /** Only for an account that provisioning made and that belongs to this company alone; answers whether it was done. Throws `identity.email_taken`. */
  renameAccount(
    tx: Tx,
    tenantId: TenantId,
    userId: UserId,
    account: { name: string; email: string },
  ): Promise<boolean>;
  findGrant(tx: Tx, tenantId: TenantId, userId: UserId): Promise<Grant | null>;
  /** Throws `identity.role_not_by_group` for a privileged role, besides what `grantMembership` throws. */
  grant(tx: Tx, grant: NewGrant, context: ActContext): Promise<void>;
  revoke(tx: Tx, tenantId: TenantId, userId: UserId, context: ActContext): Promise<void>;
  /** Keeps the membership and lets nobody in by it, or lets them in again. Answers whether anything changed. */
  setSuspended(
    tx: Tx,
    tenantId: TenantId,
    userId: UserId,
    suspended: boolean,
    context: ActContext,
  ): Promise<boolean>;
  /** The employee of a number, unless another user is linked to the record. */
  employeeToLink(tx: Tx, tenantId: TenantId, userId: UserId, number: string): Promise<EmployeeId | null>;
}

export function createProvisioned(deps: Deps): Provisioned {
  return {
    ensureAccount: (tx, account) => ensureAccount(deps, tx, account),
    renameAccount: (tx, tenantId, userId, account) => renameAccount(deps, tx, tenantId, userId, account),
    findGrant,
    grant: async (tx, grant, context) => {
      if (isPrivileged(grant.role)) throw notByGroup();
      await grantMembership(deps, tx, grant, context);
    },
    revoke: (tx, tenantId, userId, context) => revokeMembership(deps, tx, tenantId, userId, context),
    setSuspended: (tx, tenantId, userId, suspended, context) =>
      setSuspended(deps, tx, { tenantId, userId, suspended }, context),
    employeeToLink,
  };
}

async function ensureAccount({ clock, ids }: Deps, tx: Tx, account: { name: string; email: string }) {
  const id = ids.next('user');
  const at = clock.now();
  const made = await sql`
    insert into auth_users (id, name, email, email_verified, created_at, updated_at)
    values (${id}, ${account.name}, ${account.email}, false, ${at}::timestamptz, ${at}::timestamptz)
    on conflict (email) do nothing`.execute(tx);
  if ((made.numAffectedRows ?? 0n) > 0n) return { userId: id, made: true };
  const { rows } = await sql<{ id: UserId }>`
    select id from auth_users where email = ${account.email}`.execute(tx);
  const [found] = rows;
  if (found === undefined) throw new Error('an account was there and is not');
  return { userId: found.id, made: false };
}

async function renameAccount(
  { clock }: Deps,
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  { name, email }: { name: string; email: string },
): Promise<boolean> {
  const { rows } = await sql<{ elsewhere: boolean; taken: boolean }>`
    select exists (select from memberships m where m.user_id = ${userId} and m.tenant_id <> ${tenantId}) as elsewhere,
      exists (select from auth_users u where u.email = ${email} and u.id <> ${userId}) as taken`.execute(tx);
  const [found] = rows;
  if (found === undefined || found.elsewhere) return false;
  if (found.taken) {
    throw new PlumblineError({
      kind: 'conflict',
      code: 'identity.address_taken',
      detail: 'Another account has that e-mail address.',
    });
  }
  await sql`update auth_users set name = ${name}, email = ${email}, updated_at = ${clock.now()}::timestamptz
    where id = ${userId} and (name, email) is distinct from (${name}, ${email})`.execute(tx);
  return true;
}

async function setSuspended(
  { clock, audit }: Deps,
  tx: Tx,
  { tenantId, userId, suspended }: { tenantId: TenantId; userId: UserId; suspended: boolean },
  context: ActContext,
): Promise<boolean> {
  const at = suspended ? clock.now() : null;
  const done = await sql`
    update memberships set suspended_at = ${at}::timestamptz, updated_at = ${clock.now()}::timestamptz
    where tenant_id = ${tenantId} and user_id = ${userId} and (suspended_at is null) = ${suspended}`.execute(
    tx,
  );
  if ((done.numAffectedRows ?? 0n) === 0n) return false;
  await audit.append(tx, tenantId, [
    {
      ...context,
      act: suspended ? 'identity:membership:suspend' : 'identity:membership:resume',
      subject: { type: 'user', id: userId },
    },
  ]);
  return true;
}

async function employeeToLink(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  number: string,
): Promise<EmployeeId | null> {
  const { rows } = await sql<{ id: EmployeeId }>`
    select e.id from employees e where e.tenant_id = ${tenantId} and e.number = ${number}
      and not exists (select from memberships m
        where m.tenant_id = e.tenant_id and m.employee_id = e.id and m.user_id <> ${userId})`.execute(tx);
  return rows[0]?.id ?? null;
}

function notByGroup(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'identity.role_not_by_group',
    detail: 'A role that may approve for others is given to a person by two people, never by a group.',
  });
}
