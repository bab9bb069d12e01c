import type { ActContext } from '#domain/audit';
import type { PendingSession, Viewer } from '#domain/identity';
import type { Tx } from '#platform/postgres';
import type { AccessWatch } from './watching.ts';

/** Who is signed in, and by which session. Made from the session cookie by the identity module. */
export interface ViewerSession {
  readonly sessionId: string;
  readonly viewer: Viewer;
  /** The role asks for a passkey that is not there, and this installation lets its holder in all the same. */
  readonly passkeyAsked?: boolean;
}

/** What delivery asks of the identity module. */
export interface Sessions {
  /** Reads and checks the session cookie; null when there is none, or it ended. Counts as use of the session. */
  resolve(headers: Headers): Promise<ViewerSession | null>;
  /** The same without counting as its use: an open socket must not keep a session alive. */
  peek(headers: Headers): Promise<ViewerSession | null>;
  /** Somebody of whom a further step of signing in is asked. */
  pending(headers: Headers): Promise<PendingSession | null>;
}

export interface Context {
  readonly session: ViewerSession | null;
  /** Names this request in errors and in the log: `req_…`. */
  readonly reference: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly origin: 'http' | 'page' | 'socket';
  /** Counts what was refused and which records were opened. */
  readonly watch?: AccessWatch;
  /** A write of the public API: the transaction in which its answer is kept, and who is told to have done it. */
  readonly write?: { readonly tx: Tx; readonly dedupeKey: string; readonly act: ActContext };
}

export interface ContextDeps {
  readonly sessions: Pick<Sessions, 'resolve'>;
  readonly newReference: () => string;
  readonly watch?: AccessWatch;
}

export interface ContextRequest {
  readonly headers: Headers;
  readonly ip: string | null;
  readonly origin: Context['origin'];
}

/** Makes the context of one request: who asks, and what names the request. */
export function createContextFactory(deps: ContextDeps) {
  return async function createContext(request: ContextRequest): Promise<Context> {
    return {
      session: await deps.sessions.resolve(request.headers),
      reference: deps.newReference(),
      ip: request.ip,
      userAgent: request.headers.get('user-agent'),
      origin: request.origin,
      ...(deps.watch && { watch: deps.watch }),
    };
  };
}

export type CreateContext = ReturnType<typeof createContextFactory>;

/** Who acts, for the audit log; who acts for a client, with the company from which they come. */
export function actContextOf(
  ctx: Pick<Context, 'ip' | 'reference'> & { session: ViewerSession },
): ActContext {
  const { sessionId, viewer } = ctx.session;
  const { user, membership, actingTenantId } = viewer;
  const acting = actingTenantId !== membership.tenantId && membership.tenantName !== undefined;
  const name = acting ? `${user.name} (${membership.tenantName})` : user.name;
  return { actor: { type: 'user', id: user.id, name }, ip: ctx.ip, sessionId, requestId: ctx.reference };
}
