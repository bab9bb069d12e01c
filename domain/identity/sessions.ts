import type { Role } from '#contracts/roles';
import type { Clock } from '#platform/clock';
import type { Auth } from './auth/create-auth.ts';
import { sessionTouchS } from './auth/options.ts';
import type { Identity } from './service.ts';
import type { Viewer } from './viewer.ts';

/** Who is signed in, and by which session. */
export interface ViewerSession {
  readonly sessionId: string;
  readonly viewer: Viewer;
}

export interface Sessions {
  /** The session of the request's cookie with its viewer; null when there is none, it ended, or the user belongs nowhere. Counts as use. */
  resolve(headers: Headers): Promise<ViewerSession | null>;
  /** The same without counting as use: an open socket must not keep a session alive. */
  peek(headers: Headers): Promise<ViewerSession | null>;
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
  readonly auth: Pick<Auth, 'session' | 'endSession'>;
  readonly identity: Pick<Identity, 'viewer'>;
  readonly clock: Clock;
  readonly idleLimit?: IdleLimit;
}

export function createSessions({ auth, identity, clock, idleLimit = idleLimitMs }: SessionsDeps): Sessions {
  async function find(headers: Headers, touch: boolean): Promise<ViewerSession | null> {
    // Looked at before it is touched: use must not revive what has been idle too long.
    const session = await auth.session(headers, { touch: false });
    if (session === null) return null;
    const viewer = await identity.viewer(session.user, cookie(headers, tenantCookieName));
    if (viewer === null) return null;
    const idleMs = clock.nowMs() - session.usedAtMs;
    if (idleMs > idleLimit(viewer.membership.role) + sessionTouchS * 1000) {
      await auth.endSession(session.sessionId);
      return null;
    }
    // Written at most once a minute, so most requests read the session once.
    if (touch && idleMs >= sessionTouchS * 1000) await auth.session(headers, { touch: true });
    return { sessionId: session.sessionId, viewer };
  }

  return { resolve: (headers) => find(headers, true), peek: (headers) => find(headers, false) };
}

function cookie(headers: Headers, name: string): string | null {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
