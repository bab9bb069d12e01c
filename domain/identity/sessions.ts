import { LRUCache } from 'lru-cache';
import type { Role } from '#contracts/roles';
import type { Clock } from '#platform/clock';
import type { Auth } from './auth/create-auth.ts';
import { sessionTouchS } from './auth/options.ts';
import type { AuthSession } from './auth/session.ts';
import { mustHoldPasskey, stepLeft, type SignInStep } from './auth/steps.ts';
import type { Identity } from './service.ts';
import type { Viewer } from './viewer.ts';

/** Who is signed in, and by which session. */
export interface ViewerSession {
  readonly sessionId: string;
  readonly viewer: Viewer;
  /** The role asks for a passkey, there is none, and this installation lets its holder in all the same. */
  readonly passkeyAsked: boolean;
}

/** Somebody whose password was right, and of whom more is asked: such a session opens nothing else. */
export interface PendingSession {
  readonly sessionId: string;
  readonly user: Viewer['user'];
  readonly step: SignInStep;
}

export interface Sessions {
  /**
   * The session of the request's cookie with its viewer; null when there is none, it ended, the user belongs nowhere, or
   * a step of signing in is left. Counts as use. An answer is kept for a few seconds, so that the requests of one page read it once; the
   * end of a session takes effect at once, a changed membership when that time is over.
   */
  resolve(headers: Headers): Promise<ViewerSession | null>;
  /** The same from the database, without counting as use: an open socket must not keep a session alive. */
  peek(headers: Headers): Promise<ViewerSession | null>;
  /** The session of the cookie of which a step of signing in is left. */
  pending(headers: Headers): Promise<PendingSession | null>;
  /** Drops kept answers of a session: it ended in another process. */
  forget(sessionId: string): void;
}

/** Names the company looked at. No secret: a company that is not the user's to look at is ignored. */
export const tenantCookieName = 'plumbline.tenant';

/** Milliseconds without use after which a session ends. */
export type IdleLimit = (role: Role | null) => number;

const minuteMs = 60_000;

/** Who administers signs in again after a quarter of an hour; a field worker keeps the day. */
export const idleLimitMs: IdleLimit = (role) => {
  if (role === null) return 24 * 60 * minuteMs;
  return role === 'CompanyAdmin' || role === 'ComplianceManager' ? 15 * minuteMs : 8 * 60 * minuteMs;
};

export interface SessionsDeps {
  readonly auth: Pick<Auth, 'session' | 'endSession' | 'onSessionEnded' | 'freshness' | 'factorRule'>;
  readonly identity: Pick<Identity, 'viewer'>;
  readonly clock: Clock;
  readonly idleLimit?: IdleLimit;
  /** How long an answer is kept; 3 s when absent, 0 = not at all. */
  readonly keepMs?: number;
}

interface Kept {
  readonly session: ViewerSession;
  readonly untilMs: number;
}

const mostKept = 20_000;

export function createSessions(deps: SessionsDeps): Sessions {
  const { auth, identity, clock, idleLimit = idleLimitMs, keepMs = 3000 } = deps;
  const kept = new LRUCache<string, Kept>({ max: mostKept });
  function forget(sessionId: string): void {
    for (const [cookies, { session }] of kept.entries()) {
      if (session.sessionId === sessionId) kept.delete(cookies);
    }
  }
  auth.onSessionEnded(({ sessionId }) => forget(sessionId));

  async function look(headers: Headers, touch: boolean): Promise<Found | null> {
    // Looked at before it is touched: use must not revive what has been idle too long.
    const session = await auth.session(headers, { touch: false });
    if (session === null) return null;
    const wanted = cookie(headers, tenantCookieName);
    const viewer = await identity.viewer(session.user, wanted, session.boundTenantId);
    if (viewer === null) return null;
    const idleMs = clock.nowMs() - session.usedAtMs;
    if (idleMs > idleLimit(viewer.membership.role) + sessionTouchS * 1000) {
      await auth.endSession(session.sessionId);
      return null;
    }
    // Written at most once a minute, so most requests read the session once.
    if (touch && idleMs >= sessionTouchS * 1000) await auth.session(headers, { touch: true });
    return { session, viewer };
  }

  async function find(headers: Headers, touch: boolean): Promise<ViewerSession | PendingSession | null> {
    const found = await look(headers, touch);
    if (found === null) return null;
    const { session, viewer } = found;
    const { role } = viewer.membership;
    const held = await auth.freshness.factorsOf(viewer.user.id);
    const step = stepLeft({ ...session, role, held, rule: auth.factorRule });
    const { sessionId } = session;
    if (step !== null) return { sessionId, user: viewer.user, step };
    return { sessionId, viewer, passkeyAsked: mustHoldPasskey(role) && held.passkeys === 0 };
  }

  async function resolve(headers: Headers): Promise<ViewerSession | null> {
    const cookies = headers.get('cookie');
    if (cookies === null) return null;
    const known = kept.get(cookies);
    if (known !== undefined && clock.nowMs() < known.untilMs) return known.session;
    const session = whole(await find(headers, true));
    if (session !== null && keepMs > 0) kept.set(cookies, { session, untilMs: clock.nowMs() + keepMs });
    return session;
  }

  return {
    resolve,
    peek: async (headers) => whole(await find(headers, false)),
    pending: async (headers) => {
      const found = await find(headers, false);
      return found !== null && 'step' in found ? found : null;
    },
    forget,
  };
}

interface Found {
  readonly session: AuthSession;
  readonly viewer: Viewer;
}

/** The session when signing in is over. */
function whole(found: ViewerSession | PendingSession | null): ViewerSession | null {
  return found !== null && 'viewer' in found ? found : null;
}

function cookie(headers: Headers, name: string): string | null {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
