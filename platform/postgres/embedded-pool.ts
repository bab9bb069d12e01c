import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Pool, type PoolClient } from 'pg';

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

export interface EmbeddedPoolOptions {
  /** Longest wait for the one connection. Also what ends a transaction opened inside another one. */
  checkoutTimeoutMs: number;
  /** Called with failures of the idle connection. */
  onError: (error: Error) => void;
}

/** Queries resolve as microtasks, so a busy caller starves timers and sockets: gives the event loop a turn per checkout. */
class BreathingPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | undefined {
    if (callback === undefined) return nextTurn().then(() => super.connect());
    void nextTurn().then(() => super.connect(callback));
    return undefined;
  }
}

const nextTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

/**
 * The one pool over an embedded database. PGlite has a single session: a second pool, or a raw query beside the
 * pool, would run inside whatever transaction is open.
 */
export function createEmbeddedPool(db: PGlite, options: EmbeddedPoolOptions): Pool {
  const { connection, user, password, database, host, port } = createPgConfig(joinMessages(db));
  const bridge = { connection, user, password, database, host, port };
  const pool = new BreathingPool({
    ...bridge,
    max: 1,
    min: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: options.checkoutTimeoutMs,
    // A client dropped in the middle of a transaction leaves it open in the one session.
    verify: (client, done) => {
      client.query('rollback').then(() => done(), done);
    },
  });
  pool.on('error', options.onError);
  return pool;
}

/** First bytes of messages that get no answer of their own: parse, bind, describe, execute, close. */
const heldBack = new Set(Array.from('PBDEC', (letter) => letter.charCodeAt(0)));

/**
 * The driver sends a parameterised query as five messages and the bridge runs each on its own; sent together with the
 * sync that ends them they cost half.
 */
function joinMessages(db: PGlite): PGlite {
  let held: Uint8Array[] = [];
  const send: PGlite['execProtocolStream'] = (message, options) => {
    held.push(message);
    if (heldBack.has(message[0] ?? 0)) return Promise.resolve([]);
    const whole = held.length === 1 ? message : Buffer.concat(held);
    held = [];
    return db.execProtocolStream(whole, options);
  };
  return new Proxy(db, {
    get: (target, property): unknown =>
      property === 'execProtocolStream' ? send : Reflect.get(target, property, target),
  });
}
