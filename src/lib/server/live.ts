import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { FlagChanged, LiveFrame } from '#contracts/live';
import { authorize, type Scope, type Viewer as SignedIn } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Sessions } from './context.ts';
import { closeCodes, createConnection, type ConnectionLimits } from './live/connection.ts';
import { framesOf } from './live/frames.ts';
import type { ChangeHistory } from './live/history.ts';
import { createRooms, type Rooms } from './live/rooms.ts';
import { deny, headersOf, isOriginAllowed, liveUrlPath, pathOf, type Denial } from './live/upgrade.ts';
import { createViewers, recheckViewer, type Viewer } from './live/viewers.ts';
import { reconnectNotice } from './live/wire.ts';
import type { Pseudonyms } from './visibility.ts';

export interface LiveOptions extends ConnectionLimits {
  /** Origins of our own pages, e.g. `https://app.example.com`. */
  readonly origins: readonly string[];
  readonly coalesceMs: number;
  readonly maxReplay: number;
  readonly repairMs: number;
  readonly sweepMs: number;
  readonly pingMs: number;
  /** How often every session is checked again; a right withdrawn or a session ended closes the socket. */
  readonly recheckMs: number;
  readonly maxSocketsPerUser: number;
}

export const defaultLiveOptions: Omit<LiveOptions, 'origins'> = {
  coalesceMs: 40,
  maxReplay: 2_000,
  repairMs: 1_000,
  sweepMs: 1_000,
  pingMs: 30_000,
  recheckMs: 60_000,
  maxSocketsPerUser: 32,
  maxBufferedBytes: 1_048_576,
  maxSlowSweeps: 60,
};

export interface LiveDeps {
  readonly sessions: Pick<Sessions, 'peek'>;
  readonly history: ChangeHistory;
  readonly pseudonyms: Pseudonyms;
  readonly options: LiveOptions;
  readonly onError: (error: unknown) => void;
  /** Told when changes came, and when a frame with them went out: for measuring. */
  readonly onPublished: (changes: readonly FlagChanged[]) => void;
  readonly onSent: (changes: readonly FlagChanged[]) => void;
}

/** The live feed needs sight of at least one module, or a record of one's own. */
const scopeOf = (viewer: SignedIn): Scope => authorize(viewer, 'see', 'any-module');

type Admitted = Pick<Viewer, 'session' | 'scope'>;

/** Keeps the sockets of this process: who may open one, what they see, and when they must go. */
export function createLiveHub(deps: LiveDeps) {
  const rooms = createRooms(deps);
  const viewers = createViewers();
  const server = new WebSocketServer({ noServer: true, maxPayload: 16_384, perMessageDeflate: false });
  let closing = false;

  async function recheck(): Promise<void> {
    for (const viewer of viewers.list()) await recheckViewer(viewer, { ...deps, scopeOf });
  }

  async function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', deps.onError);
    try {
      const openOf = (userId: string): number => viewers.countOf(userId);
      const admitted = closing ? 'closing' : await admit(deps, openOf, request);
      if (typeof admitted === 'string') return deny(socket, admitted);
      return server.handleUpgrade(request, socket, head, (ws) => {
        attach(deps, rooms, ws, { ...admitted, headers: cookieOnly(request) }, viewers.add);
      });
    } catch (error) {
      if (error instanceof PlumblineError && error.kind === 'forbidden') return deny(socket, 'forbidden');
      deps.onError(error);
      return deny(socket, 'failed');
    }
  }

  const stopTimers = startTimers(deps, viewers.each, recheck);
  return {
    handleUpgrade,
    recheck,
    /** Takes flag changes from the log, in any order, any number of times. */
    publish: (changes: readonly FlagChanged[]): void => {
      deps.onPublished(changes);
      rooms.publish(changes);
    },
    /** The same feed for callers without a socket. */
    frames: (scope: Scope, after: number | null, signal: AbortSignal): AsyncIterable<[string, LiveFrame]> =>
      framesOf(rooms, scope, after, signal),
    /** To be called at sign-out and when a session is revoked. @returns the number of sockets closed. */
    closeSession: viewers.closeSession,
    closeUser: viewers.closeUser,
    stats: () => ({ sockets: viewers.size(), rooms: rooms.size() }),
    /** Asks every page to reconnect elsewhere, and closes after `graceMs`. */
    async shutdown(graceMs: number): Promise<void> {
      closing = true;
      stopTimers();
      viewers.each((connection) => connection.notify(reconnectNotice));
      await new Promise((resolve) => setTimeout(resolve, graceMs));
      viewers.each((connection) => connection.close(closeCodes.restart, 'restart'));
      rooms.close();
      server.close();
    },
  };
}

export type LiveHub = ReturnType<typeof createLiveHub>;

async function admit(
  deps: LiveDeps,
  openOf: (userId: string) => number,
  request: IncomingMessage,
): Promise<Denial | Admitted> {
  if (pathOf(request) !== liveUrlPath) return 'notFound';
  if (!isOriginAllowed(request.headers.origin, deps.options.origins)) return 'forbidden';
  const session = await deps.sessions.peek(headersOf(request));
  if (session === null) return 'unauthenticated';
  if (openOf(session.viewer.user.id) >= deps.options.maxSocketsPerUser) return 'tooMany';
  return { session, scope: scopeOf(session.viewer) };
}

function attach(
  deps: LiveDeps,
  rooms: Rooms,
  ws: WebSocket,
  viewer: Omit<Viewer, 'connection'>,
  add: (viewer: Viewer) => () => void,
): void {
  const { scope } = viewer;
  const { room, release } = rooms.hold(scope.tenantId);
  const { options: limits, onError } = deps;
  const connection = createConnection({ socket: ws, scope, room, limits, onError });
  const remove = add({ ...viewer, connection });
  ws.on('message', (data, isBinary) => {
    if (isBinary) ws.close(1003, 'text only');
    else connection.onText(textOf(data));
  });
  ws.on('pong', connection.onPong);
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    remove();
    connection.onClosed();
    release();
  });
}

function startTimers(
  { options, onError }: LiveDeps,
  each: ReturnType<typeof createViewers>['each'],
  recheck: () => Promise<void>,
): () => void {
  let checking = false;
  const recheckOnce = async (): Promise<void> => {
    if (checking) return;
    checking = true;
    await recheck().finally(() => (checking = false));
  };
  const timers = [
    setInterval(() => each((connection) => connection.sweep()), options.sweepMs),
    setInterval(() => each((connection) => connection.ping()), options.pingMs),
    setInterval(() => void recheckOnce().catch(onError), options.recheckMs),
  ];
  for (const timer of timers) timer.unref();
  return () => timers.forEach((timer) => clearInterval(timer));
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

/** Only what the periodic check needs is kept for the life of the socket. */
function cookieOnly(request: IncomingMessage): Headers {
  return new Headers({ cookie: request.headers.cookie ?? '' });
}
