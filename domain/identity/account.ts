import { sql } from 'kysely';
import type { UserId } from '#contracts/ids';
import type { Instant } from '#contracts/time';
import { PlumblineError } from '#platform/errors';
import type { Postgres, Tx } from '#platform/postgres';
import type { Auth } from './auth/create-auth.ts';
import type { SignInMethod } from './auth/steps.ts';

/** One place where the user is signed in. */
export interface SignedInDevice {
  readonly sessionId: string;
  readonly agent: string | null;
  readonly ip: string | null;
  readonly by: SignInMethod;
  readonly since: Instant;
  readonly usedAt: Instant;
}

export interface HeldPasskey {
  readonly id: string;
  readonly name: string;
  readonly addedAt: Instant;
  readonly synced: boolean;
}

/** What a user sees and ends of their own account. */
export interface Account {
  devices(userId: UserId): Promise<SignedInDevice[]>;
  passkeys(userId: UserId): Promise<HeldPasskey[]>;
  hasPassword(userId: UserId): Promise<boolean>;
  /** Ends a session of the user; its sockets close in every process. Throws `identity.device_not_found`. */
  endDevice(userId: UserId, sessionId: string): Promise<void>;
  /**
   * Takes away every second factor of an account and ends its sessions: somebody lost all of them, and an operator knows who
   * asks. The password stays. Throws `identity.user_not_found`.
   */
  resetFactors(email: string): Promise<UserId>;
}

interface DeviceRow {
  id: string;
  user_agent: string | null;
  ip_address: string | null;
  signed_in_by: SignInMethod;
  created_at: Date;
  updated_at: Date;
}

export function createAccount({
  postgres,
  auth,
}: {
  readonly postgres: Postgres;
  readonly auth: Pick<Auth, 'endSession' | 'endSessions' | 'tellReset'>;
}): Account {
  async function devices(userId: UserId): Promise<SignedInDevice[]> {
    const { rows } = await postgres.asSystem((tx) =>
      sql<DeviceRow>`
        select id, user_agent, ip_address, signed_in_by, created_at, updated_at from auth_sessions
        where user_id = ${userId} and expires_at > current_timestamp order by updated_at desc, id`.execute(
        tx,
      ),
    );
    return rows.map((row) => ({
      sessionId: row.id,
      agent: row.user_agent || null,
      ip: row.ip_address || null,
      by: row.signed_in_by,
      since: row.created_at.toISOString(),
      usedAt: row.updated_at.toISOString(),
    }));
  }

  return {
    devices,
    passkeys: (userId) => readPasskeys(postgres, userId),
    hasPassword: async (userId) => {
      const { rows } = await postgres.asSystem((tx) =>
        sql`select 1 from auth_accounts where user_id = ${userId} and password is not null`.execute(tx),
      );
      return rows.length > 0;
    },
    endDevice: async (userId, sessionId) => {
      const own = await devices(userId);
      if (!own.some((device) => device.sessionId === sessionId)) throw noSuchDevice();
      await auth.endSession(sessionId);
    },
    resetFactors: async (email) => {
      const userId = await postgres.asSystem((tx) => deleteFactors(tx, email.trim().toLowerCase()));
      await auth.endSessions(userId);
      await auth.tellReset(userId);
      return userId;
    },
  };
}

async function readPasskeys(postgres: Postgres, userId: UserId): Promise<HeldPasskey[]> {
  const { rows } = await postgres.asSystem((tx) =>
    sql<{ id: string; name: string | null; created_at: Date; device_type: string }>`
      select id, name, created_at, device_type from auth_passkeys where user_id = ${userId} order by created_at, id`.execute(
      tx,
    ),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name ?? 'Passkey',
    addedAt: row.created_at.toISOString(),
    synced: row.device_type === 'multiDevice',
  }));
}

async function deleteFactors(tx: Tx, email: string): Promise<UserId> {
  const { rows } = await sql<{ id: UserId }>`
    update auth_users set two_factor_enabled = false where email = ${email} returning id`.execute(tx);
  const userId = rows[0]?.id;
  if (userId === undefined) {
    throw new PlumblineError({
      kind: 'not_found',
      code: 'identity.user_not_found',
      detail: `There is no account with the address ${email}.`,
    });
  }
  await sql`delete from auth_passkeys where user_id = ${userId}`.execute(tx);
  await sql`delete from auth_two_factors where user_id = ${userId}`.execute(tx);
  return userId;
}

function noSuchDevice(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'identity.device_not_found',
    detail: 'You are not signed in there any more.',
  });
}
