import type { Scope, Viewer as SignedIn } from '#domain/identity';
import type { Sessions, ViewerSession } from '../context.ts';
import { scopeKey } from '../visibility.ts';
import { closeCodes, type Connection } from './connection.ts';

export interface Viewer {
  readonly session: ViewerSession;
  readonly scope: Scope;
  /** The cookie alone: enough to ask again whether the session still stands. */
  readonly headers: Headers;
  readonly connection: Connection;
}

const userIdOf = (viewer: Viewer): string => viewer.session.viewer.user.id;

/** The open sockets of this process by user and session. */
export function createViewers() {
  const all = new Set<Viewer>();
  const byUser = new Map<string, Set<Viewer>>();

  function closeSome(viewers: Iterable<Viewer>): number {
    let closed = 0;
    for (const viewer of viewers) {
      viewer.connection.close(closeCodes.signedOut, 'signed out');
      closed += 1;
    }
    return closed;
  }

  return {
    add: (viewer: Viewer): (() => void) => {
      all.add(viewer);
      const own = byUser.get(userIdOf(viewer)) ?? new Set();
      own.add(viewer);
      byUser.set(userIdOf(viewer), own);
      return () => {
        all.delete(viewer);
        own.delete(viewer);
        if (own.size === 0) byUser.delete(userIdOf(viewer));
      };
    },
    countOf: (userId: string) => byUser.get(userId)?.size ?? 0,
    closeUser: (userId: string) => closeSome(byUser.get(userId) ?? []),
    closeSession: (sessionId: string) =>
      closeSome([...all].filter((viewer) => viewer.session.sessionId === sessionId)),
    each: (act: (connection: Connection) => void): void => {
      for (const viewer of all) act(viewer.connection);
    },
    list: () => [...all],
    size: () => all.size,
  };
}

export interface RecheckDeps {
  readonly sessions: Pick<Sessions, 'peek'>;
  readonly scopeOf: (viewer: SignedIn) => Scope;
  readonly onError: (error: unknown) => void;
}

/** Sessions end and rights change while a socket is open; the door alone cannot see that. */
export async function recheckViewer(viewer: Viewer, deps: RecheckDeps): Promise<void> {
  try {
    const session = await deps.sessions.peek(viewer.headers);
    if (session === null || session.sessionId !== viewer.session.sessionId) {
      viewer.connection.close(closeCodes.signedOut, 'signed out');
    } else if (scopeKey(deps.scopeOf(session.viewer)) !== scopeKey(viewer.scope)) {
      viewer.connection.close(closeCodes.rightsChanged, 'rights changed');
    }
  } catch (error) {
    // Fail closed: a viewer whose rights cannot be read sees nothing more.
    viewer.connection.close(closeCodes.rightsChanged, 'rights could not be checked');
    deps.onError(error);
  }
}
