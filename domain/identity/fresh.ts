import { sql } from 'kysely';
import type { UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Postgres, Tx } from '#platform/postgres';

/** How a person shows who they are beside, or instead of, the password. */
export const secondFactors = ['passkey', 'totp', 'recovery_code'] as const;
export type SecondFactor = (typeof secondFactors)[number];

/** How long a shown factor counts as fresh, ms. */
export const freshForMs = 10 * 60_000;

/**
 * Whether this installation holds its people to second factors. `asked`: an invented company on a laptop; who must hold
 * a passkey is told so and let in, and a password shown again stands for the factor that nobody there has.
 */
export type FactorRule = 'required' | 'asked';

/** What a person holds beside the password. */
export interface HeldFactors {
  readonly passkeys: number;
  readonly totp: boolean;
}

/** Whether the person at a session has lately shown who they are: what sensitive acts ask before they are done. */
export interface Freshness {
  /**
   * Throws `identity.proof_needed` (forbidden) unless a second factor was shown in this session within the last ten
   * minutes. Read from the database each time, so that no process takes an old answer.
   */
  requireFresh(session: { readonly sessionId: string }): Promise<void>;
  /** As `requireFresh`, but a person without any second factor may have shown the password: to take up the first one. */
  requireConfirmed(session: { readonly sessionId: string }): Promise<void>;
  /** Notes that a factor was shown in a session; null = the password. */
  record(sessionId: string, by: SecondFactor | null): Promise<void>;
  /** What the user holds. */
  factorsOf(userId: UserId): Promise<HeldFactors>;
}

export interface FreshnessDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly rule: FactorRule;
}

interface ProofRow {
  confirmed_at: Date;
  proved_at: Date | null;
  passkeys: number;
  totp: boolean;
}

export function createFreshness({ postgres, clock, rule }: FreshnessDeps): Freshness {
  const isFresh = (at: Date | null): boolean => at !== null && clock.nowMs() - at.getTime() <= freshForMs;

  async function requireProof(sessionId: string, passwordMayDo: boolean): Promise<void> {
    const row = await postgres.asSystem((tx) => readProof(tx, sessionId));
    if (row !== null && isFresh(row.proved_at)) return;
    const holdsNone = row !== null && row.passkeys === 0 && !row.totp;
    if (passwordMayDo && holdsNone && isFresh(row.confirmed_at)) return;
    throw proofNeeded(holdsNone && !passwordMayDo);
  }

  return {
    requireFresh: ({ sessionId }) => requireProof(sessionId, rule === 'asked'),
    requireConfirmed: ({ sessionId }) => requireProof(sessionId, true),
    record: (sessionId, by) =>
      postgres.asSystem(async (tx) => {
        const at = clock.now();
        await sql`
          update auth_sessions set confirmed_at = ${at}::timestamptz,
            proved_at = case when ${by}::text is null then proved_at else ${at}::timestamptz end,
            proved_by = coalesce(${by}::text, proved_by)
          where id = ${sessionId}`.execute(tx);
      }),
    factorsOf: (userId) => postgres.asSystem((tx) => readFactors(tx, userId)),
  };
}

async function readProof(tx: Tx, sessionId: string): Promise<ProofRow | null> {
  const { rows } = await sql<ProofRow>`
    select s.confirmed_at, s.proved_at, u.two_factor_enabled as totp,
      (select count(*)::int from auth_passkeys p where p.user_id = u.id) as passkeys
    from auth_sessions s join auth_users u on u.id = s.user_id where s.id = ${sessionId}`.execute(tx);
  return rows[0] ?? null;
}

async function readFactors(tx: Tx, userId: UserId): Promise<HeldFactors> {
  const { rows } = await sql<HeldFactors>`
    select u.two_factor_enabled as totp,
      (select count(*)::int from auth_passkeys p where p.user_id = u.id) as passkeys
    from auth_users u where u.id = ${userId}`.execute(tx);
  return rows[0] ?? { passkeys: 0, totp: false };
}

function proofNeeded(mustEnrol: boolean): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: mustEnrol ? 'identity.factor_missing' : 'identity.proof_needed',
    detail: mustEnrol
      ? 'This act asks for a second factor and your account has none. Add a passkey or an authenticator app under Security first.'
      : 'This act asks who you are once more: show your passkey or a code of your authenticator app, then try again.',
  });
}
