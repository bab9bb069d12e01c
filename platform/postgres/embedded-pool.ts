import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Pool, type PoolClient } from 'pg';

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: unknown) => void,
) => void;

export interface EmbeddedPoolOptions {
  /** Longest wait for the one connection. Also what ends a transaction opened inside another one. */
  checkoutTimeoutMs: number;
  /** Called with failures of the idle connection. */
  onError(error: Error): void;
}

/**
 * The one pool over an embedded database. PGlite has a single session: a second pool, or a raw query beside the
 * pool, would run inside whatever transaction is open.
 */
export function createEmbeddedPool(db: PGlite, options: EmbeddedPoolOptions): Pool {
  const pool = new Pool({
    ...createPgConfig(joinMessages(db)),
    max: 1,
    min: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: options.checkoutTimeoutMs,
    // A client dropped in the middle of a transaction leaves it open in the one session.
    onConnect: (client) => client.query('rollback'),
  });
  pool.on('error', options.onError);
  breatheAtCheckout(pool);
  return pool;
}

/** Queries resolve as microtasks, so a busy caller starves timers and sockets: give the event loop a turn per checkout. */
function breatheAtCheckout(pool: Pool): void {
  const connect = pool.connect.bind(pool) as { (): Promise<PoolClient>; (callback: ConnectCallback): void };
  function breathing(callback?: ConnectCallback): Promise<PoolClient> | undefined {
    const turn = new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    if (callback === undefined) return turn.then(() => connect());
    void turn.then(() => connect(callback));
    return undefined;
  }
  pool.connect = breathing as typeof pool.connect;
}

/** What the bridge uses of PGlite. */
type Protocol = Pick<PGlite, 'execProtocolStream' | 'waitReady'>;

/** First bytes of messages that get no answer of their own: parse, bind, describe, execute, close. */
const heldBack = new Set([...'PBDEC'].map((letter) => letter.charCodeAt(0)));

/**
 * The driver sends a parameterised query as five messages and the bridge runs each on its own; sent together with the
 * sync that ends them they cost half.
 */
function joinMessages(db: PGlite): PGlite {
  let held: Uint8Array[] = [];
  const joined: Protocol = {
    waitReady: db.waitReady,
    execProtocolStream: (message, options) => {
      held.push(message);
      if (heldBack.has(message[0] ?? 0)) return Promise.resolve([]);
      const whole = held.length === 1 ? message : Buffer.concat(held);
      held = [];
      return db.execProtocolStream(whole, options);
    },
  };
  return joined as PGlite;
}
