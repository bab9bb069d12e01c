import { betterAuth } from 'better-auth';
import { hashPassword } from 'better-auth/crypto';
import type { UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createLocalRateLimits, type RateLimits } from '#platform/rate-limits';
import { authOptions, clientIpHeader } from './options.ts';
import { createSignInLimit, type SignInLimit } from './sign-in-limit.ts';
import { insertUser, readNewUser, setPasswordHash, type NewUser } from './users.postgres.ts';

/** A session began, ended (signed out, expired, revoked), or a sign-in failed. */
export type SessionEvent =
  | {
      readonly kind: 'started' | 'ended';
      readonly sessionId: string;
      readonly userId: UserId;
      readonly ip: string | null;
    }
  | { readonly kind: 'refused'; readonly email: string; readonly ip: string | null };

export interface SignedInUser {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
}

export interface AuthSession {
  readonly sessionId: string;
  readonly user: SignedInUser;
  /** When the session was last used, to the minute. */
  readonly usedAtMs: number;
}

/**
 * Sign-in by e-mail and password. It uses the pool directly: never call it inside an open transaction, the embedded
 * engine has one connection.
 */
export interface Auth {
  /** Answers `/api/auth/*`. `ip` is the client's address as the server knows it. */
  handler(request: Request, ip: string | null): Promise<Response>;
  /** The session of the cookie, or null. `touch` counts as use and puts off the end of an idle session. */
  session(headers: Headers, options?: { readonly touch: boolean }): Promise<AuthSession | null>;
  /** Makes an account. Throws `identity.user_invalid` and `identity.email_taken`. */
  createUser(user: NewUser): Promise<UserId>;
  /** Sets a new password and ends all sessions of the user. Throws `identity.user_invalid`, `identity.user_not_found`. */
  setPassword(userId: UserId, password: string): Promise<void>;
  /** Ends one session. */
  endSession(sessionId: string): Promise<void>;
  /** Ends all sessions of the user: the account was locked or its rights were taken. */
  endSessions(userId: UserId): Promise<void>;
  /** Called after each event, outside any transaction; in this process only. Returns how to stop. */
  onSession(listener: (event: SessionEvent) => Promise<void> | void): () => void;
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
}

type Listener = (event: SessionEvent) => Promise<void> | void;

export function createAuth(deps: AuthDeps): Auth {
  const listeners = new Set<Listener>();
  const limit = createSignInLimit(deps.rateLimits ?? createLocalRateLimits());

  async function tell(event: SessionEvent): Promise<void> {
    for (const listener of listeners) {
      try {
        await listener(event);
      } catch (err) {
        deps.log.error({ err, kind: event.kind }, 'a listener to sessions failed');
      }
    }
  }

  const library = makeLibrary(deps, tell);
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    handler: (request, ip) => handle(request, ip, { library: library.handler, limit, tell }),
    session: (headers, options = { touch: true }) => readSession(library, headers, options.touch),
    createUser: async (user) => {
      const valid = readNewUser(user);
      return insertUser(deps, { ...valid, passwordHash: await hashPassword(valid.password) });
    },
    setPassword: async (userId, password) => {
      const valid = readNewUser({ name: '-', email: 'nobody@example.com', password });
      await setPasswordHash(deps, userId, await hashPassword(valid.password));
      const context = await library.$context;
      await context.internalAdapter.deleteUserSessions(userId);
    },
    endSession: (sessionId) => endSession(library, sessionId),
    endSessions: async (userId) => {
      const context = await library.$context;
      await context.internalAdapter.deleteUserSessions(userId);
    },
    onSession: listen,
    onSessionEnded: (listener) =>
      listen((event) => {
        if (event.kind === 'ended') listener(event);
      }),
  };
}

function makeLibrary(deps: AuthDeps, tell: Listener) {
  const event = (
    kind: 'started' | 'ended',
    session: { id: string; userId: string; ipAddress?: string | null },
  ) => tell({ kind, sessionId: session.id, userId: session.userId as UserId, ip: session.ipAddress ?? null });
  return betterAuth({
    ...authOptions(deps),
    databaseHooks: {
      session: {
        create: { after: async (session) => event('started', session) },
        delete: { after: async (session) => event('ended', session) },
      },
    },
  });
}

type Library = ReturnType<typeof makeLibrary>;

async function readSession(library: Library, headers: Headers, touch: boolean): Promise<AuthSession | null> {
  if (!headers.has('cookie')) return null;
  const found = await library.api.getSession({ headers, query: { disableRefresh: !touch } });
  if (found === null) return null;
  return {
    sessionId: found.session.id,
    user: { id: found.user.id as UserId, name: found.user.name, email: found.user.email },
    usedAtMs: found.session.updatedAt.getTime(),
  };
}

async function endSession(library: Library, sessionId: string): Promise<void> {
  const context = await library.$context;
  const session = await context.adapter.findOne<{ token: string }>({
    model: 'session',
    where: [{ field: 'id', value: sessionId }],
  });
  if (session !== null) await context.internalAdapter.deleteSession(session.token);
}

interface HandleParts {
  readonly library: (request: Request) => Promise<Response>;
  readonly limit: SignInLimit;
  readonly tell: Listener;
}

async function handle(request: Request, ip: string | null, parts: HandleParts): Promise<Response> {
  const trusted = withClientIp(request, ip);
  const email = await signInEmail(trusted);
  if (email === null) return withRetryAfter(await parts.library(trusted));
  const waitS = await parts.limit.waitS(email, ip);
  if (waitS !== null) return tooMany(waitS);
  const response = await parts.library(trusted);
  if (response.ok) await parts.limit.succeeded(email, ip);
  if (response.status === 401) {
    await parts.limit.failed(email, ip);
    // Not awaited: what is recorded differs for an address that exists, and time must not tell.
    void Promise.resolve(parts.tell({ kind: 'refused', email, ip }));
  }
  return withRetryAfter(response);
}

/** The address comes from the server alone; what a client says about it is dropped. */
function withClientIp(request: Request, ip: string | null): Request {
  const headers = new Headers(request.headers);
  headers.delete(clientIpHeader);
  if (ip !== null) headers.set(clientIpHeader, ip);
  return new Request(request, { headers });
}

async function signInEmail(request: Request): Promise<string | null> {
  if (request.method !== 'POST' || !new URL(request.url).pathname.endsWith('/sign-in/email')) return null;
  try {
    const body: unknown = await request.clone().json();
    const email = typeof body === 'object' && body !== null && 'email' in body ? body.email : null;
    return typeof email === 'string' ? email.slice(0, 320) : null;
  } catch {
    return null;
  }
}

function tooMany(waitS: number): Response {
  return Response.json(
    { code: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Please try again later.' },
    { status: 429, headers: { 'retry-after': String(waitS) } },
  );
}

/** The library says it by a header of its own. */
function withRetryAfter(response: Response): Response {
  const wait = response.headers.get('x-retry-after');
  if (response.status !== 429 || wait === null) return response;
  const headers = new Headers(response.headers);
  headers.set('retry-after', wait);
  return new Response(response.body, { status: 429, headers });
}
