import type { UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createLocalRateLimits, type RateLimits } from '#platform/rate-limits';
import { createFreshness, type FactorRule, type Freshness } from '../fresh.ts';
import type { SingleSignOn } from '../sso/service.ts';
import { challengedEmail } from './challenge.ts';
import { answer } from './door.ts';
import type { DoorParts } from './door-parts.ts';
import type { Listener, SessionEvent } from './events.ts';
import { makeLibrary, type Library } from './library.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { fieldOf } from './replies.ts';
import { endSession, readSession, type AuthSession } from './session.ts';
import { createSignInLimit } from './sign-in-limit.ts';
import {
  belongsElsewhere,
  insertUser,
  readNewUser,
  setPasswordHash,
  weakPassword,
  type NewUser,
} from './users.postgres.ts';

/**
 * Signing in: by password, by codes of an authenticator app, by passkey. It uses the pool directly: never call it inside an
 * open transaction, the embedded engine has one connection.
 */
export interface Auth {
  /** Answers `/api/auth/*`. `ip` is the client's address as the server knows it. */
  handler(request: Request, ip: string | null): Promise<Response>;
  /** The session of the cookie, or null. `touch` counts as use and puts off the end of an idle session. */
  session(headers: Headers, options?: { readonly touch: boolean }): Promise<AuthSession | null>;
  /** Whether somebody has lately shown who they are; asked before sensitive acts. */
  readonly freshness: Freshness;
  /** Whether administrators must hold a passkey, or are only asked to. */
  readonly factorRule: FactorRule;
  /** Recovery codes of the user that were not used yet; null without an authenticator app. */
  recoveryCodesLeft(userId: UserId): Promise<number | null>;
  /** Makes an account. Throws `identity.user_invalid` (also for a password that is easy to guess) and `identity.email_taken`. */
  createUser(user: NewUser): Promise<UserId>;
  /** Sets a new password and ends all sessions of the user. Throws `identity.user_invalid`, `identity.user_not_found`. */
  setPassword(userId: UserId, password: string): Promise<void>;
  /** Ends one session. */
  endSession(sessionId: string): Promise<void>;
  /** Ends all sessions of the user: the account was locked or its rights were taken. */
  endSessions(userId: UserId): Promise<void>;
  /** Tells the listeners that an operator took away the factors of a user. */
  tellReset(userId: UserId): Promise<void>;
  /** Called after each event, outside any transaction; in this process only. Returns how to stop. */
  onSession(listener: Listener): () => void;
  /** As `onSession`, for ended sessions: live sockets close. */
  onSessionEnded(
    listener: (ended: { readonly sessionId: string; readonly userId: UserId }) => void,
  ): () => void;
}

export interface AuthDeps {
  readonly postgres: Postgres;
  /** At least 32 characters; signs cookies. */
  readonly secret: string;
  /** Where browsers reach the app, e.g. `http://localhost:3000`; the first is the main one. */
  readonly origins: readonly [string, ...string[]];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Counts failed sign-ins; left out, this process counts alone. */
  readonly rateLimits?: RateLimits;
  /** Left out: required. */
  readonly factorRule?: FactorRule;
  /** Single sign-on; left out, there is none. */
  readonly sso?: Pick<SingleSignOn, 'arrived' | 'providerOf'>;
  readonly privateIdentityProviders?: readonly string[];
}

export function createAuth(deps: AuthDeps): Auth {
  const listeners = new Set<Listener>();
  const factorRule = deps.factorRule ?? 'required';
  const freshness = createFreshness({ ...deps, rule: factorRule });
  const passwords = createPasswords();

  async function tell(event: SessionEvent): Promise<void> {
    for (const listener of listeners) {
      try {
        await listener(event);
      } catch (err) {
        deps.log.error({ err, kind: event.kind }, 'a listener to sessions failed');
      }
    }
  }

  const { factorsOf } = freshness;
  const arrived = deps.sso?.arrived ?? (() => Promise.reject(new Error('there is no single sign-on')));
  const { privateIdentityProviders = [] } = deps;
  const library = makeLibrary({ ...deps, passwords, tell, factorsOf, arrived, privateIdentityProviders });
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const parts = doorParts(deps, library, { freshness, passwords, tell });

  return {
    handler: (request, ip) => answer(request, ip, parts),
    session: (headers, options = { touch: true }) => readSession(library, headers, options.touch),
    freshness,
    factorRule,
    recoveryCodesLeft: async (userId) => {
      if (!(await factorsOf(userId)).totp) return null;
      const { backupCodes } = await library.api.viewBackupCodes({ body: { userId } });
      return backupCodes.length;
    },
    createUser: async (user) => {
      const valid = readNewUser(user);
      await requireStrong(passwords, valid.password, [valid.name, valid.email]);
      return insertUser(deps, { ...valid, passwordHash: await passwords.hash(valid.password) });
    },
    setPassword: async (userId, password) => {
      const valid = readNewUser({ name: '-', email: 'nobody@example.com', password });
      await requireStrong(passwords, valid.password, []);
      await setPasswordHash(deps, userId, await passwords.hash(valid.password));
      await endSessions(library, userId);
    },
    endSession: (sessionId) => endSession(library, sessionId),
    endSessions: (userId) => endSessions(library, userId),
    tellReset: (userId) =>
      tell({ kind: 'factor', change: 'reset', sessionId: null, userId, ip: null, agent: null }),
    onSession: listen,
    onSessionEnded: (listener) =>
      listen((event) => {
        if (event.kind === 'ended') listener(event);
      }),
  };
}

async function requireStrong(passwords: Passwords, password: string, about: string[]): Promise<void> {
  const fault = await passwords.fault(password, about);
  if (fault !== null) throw weakPassword(fault);
}

async function endSessions(library: Library, userId: UserId): Promise<void> {
  const context = await library.$context;
  await context.internalAdapter.deleteUserSessions(userId);
}

function doorParts(
  deps: AuthDeps,
  library: Library,
  own: { readonly freshness: Freshness; readonly passwords: Passwords; readonly tell: Listener },
): DoorParts {
  const { freshness, passwords } = own;
  return {
    ...own,
    library: (request) => library.handler(request),
    origins: deps.origins,
    limit: createSignInLimit(deps.rateLimits ?? createLocalRateLimits()),
    sessionOf: (headers) => readSession(library, headers, false),
    endSession: (sessionId) => endSession(library, sessionId),
    endOtherSessions: async (userId, kept) => {
      const context = await library.$context;
      for (const { id, token } of await context.internalAdapter.listSessions(userId)) {
        if (id !== kept) await context.internalAdapter.deleteSession(token);
      }
    },
    belongsElsewhere: (userId, tenantId) => belongsElsewhere(deps.postgres, userId, tenantId),
    proofFault: async (needs, session) => {
      try {
        await (needs === 'fresh' ? freshness.requireFresh(session) : freshness.requireConfirmed(session));
        return null;
      } catch (error) {
        if (error instanceof PlumblineError) return error;
        throw error;
      }
    },
    newPasswordFault: async ({ request, path }, { user }) => {
      if (path !== '/change-password') return null;
      const password = (await fieldOf(request, 'newPassword')) ?? '';
      const fault = await passwords.fault(password, [user.name, user.email]);
      return fault === null ? null : `The new password ${fault}.`;
    },
    providerOf: async (email) => (await deps.sso?.providerOf(email)) ?? null,
    challengedEmail: (headers) => challengedEmail(library, headers),
    checkPassword: async (headers, password) => {
      try {
        return (await library.api.verifyPassword({ body: { password }, headers })).status;
      } catch {
        return false;
      }
    },
  };
}
