import type { UserId } from '#contracts/ids';
import type { Freshness } from '../fresh.ts';
import type { Listener } from './events.ts';
import type { AuthSession } from './session.ts';
import type { SignInLimit } from './sign-in-limit.ts';

/** One request to the sign-in service. */
export interface Asked {
  /** With the client's address in the header that the library reads. */
  readonly request: Request;
  /** After `/api/auth`. */
  readonly path: string;
  readonly ip: string | null;
  readonly agent: string | null;
}

/** What the door needs of the rest. */
export interface DoorParts {
  readonly library: (request: Request) => Promise<Response>;
  readonly origins: readonly string[];
  readonly limit: SignInLimit;
  readonly freshness: Freshness;
  readonly tell: Listener;
  sessionOf(headers: Headers): Promise<AuthSession | null>;
  endSession(sessionId: string): Promise<void>;
  endOtherSessions(userId: UserId, sessionId: string): Promise<void>;
  /** Whether the user has a place in any other company. */
  belongsElsewhere(userId: UserId, tenantId: string): Promise<boolean>;
  /** Why a session may not do what needs such a proof; null = it may. */
  proofFault(
    needs: 'fresh' | 'confirmed',
    session: AuthSession,
  ): Promise<{ code: string; detail: string } | null>;
  /** Why the password that a request sets is refused; null when it is good, or sets none. */
  newPasswordFault(asked: Asked, session: AuthSession): Promise<string | null>;
  /** Address of the account whose second step the request's cookie is about. */
  challengedEmail(headers: Headers): Promise<string | null>;
  /** The identity provider that signs in an address; null = there is none. */
  providerOf(email: string): Promise<string | null>;
  checkPassword(headers: Headers, password: string): Promise<boolean>;
}

/** Counts a failed try and tells of it. Not awaited: an address that exists takes longer to record, and time must not tell. */
export async function countFailure(
  parts: Pick<DoorParts, 'limit' | 'tell'>,
  { ip, agent }: Asked,
  failed: { readonly email: string; readonly step: 'password' | 'code' | 'passkey' },
): Promise<void> {
  await parts.limit.failed(failed.email, ip);
  const waitS = await parts.limit.waitS(failed.email, ip);
  void (async () => {
    await parts.tell({ kind: 'refused', ...failed, ip, agent });
    if (waitS !== null) await parts.tell({ kind: 'locked', email: failed.email, waitS, ip, agent });
  })();
}
