import { Pool, type PoolClient } from 'pg';
import { PlumblineError } from '#platform/errors';
import { EngineStream } from './engine-stream.ts';
import type { Engine } from './engine.ts';
import { createMendingSession } from './session.ts';

export interface EmbeddedPoolOptions {
  /** Longest wait for the one connection. Also what ends a transaction opened inside another one. */
  checkoutTimeoutMs: number;
  /** Opens the engine again after it died; null when that is impossible. */
  reopen: (() => Promise<Engine>) | null;
  onReopened: () => void;
  /** Called with failures of the idle connection and of the engine. */
  onError: (error: Error) => void;
}

export interface EmbeddedPool {
  pool: Pool;
  closeEngine: () => Promise<void>;
}

/**
 * The one pool over an embedded engine. It has a single session: a second pool, or a call beside the pool, would run
 * inside whatever transaction is open.
 */
export function createEmbeddedPool(engine: Engine, options: EmbeddedPoolOptions): EmbeddedPool {
  const session = createMendingSession(engine, {
    reopen: options.reopen,
    onBroken: options.onError,
    onReopened: options.onReopened,
  });
  const pool = new Pool({
    stream: () => new EngineStream(session),
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    max: 1,
    min: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: options.checkoutTimeoutMs,
  });
  pool.on('connect', createStatementNames());
  // What broke the engine was reported once; what its clients say about it adds nothing.
  onFailure(pool, (error) => {
    const known = error instanceof PlumblineError || error.message === 'Connection terminated unexpectedly';
    if (!known) options.onError(error);
  });
  return { pool, closeEngine: session.close };
}

/** Hears failures of idle and of busy clients: one that nobody hears ends the process. */
export function onFailure(pool: Pool, report: (error: Error) => void): void {
  pool.on('error', report);
  pool.on('connect', (client) => client.on('error', report));
}

/** Texts beyond this many are sent unnamed: the engine keeps every named one for good. */
const mostNamed = 500;

type QueryCallback = (error: Error | undefined, result: unknown) => void;

/**
 * Names every statement with parameters, so that the engine parses and plans it once and not each time: in WebAssembly
 * that is most of the cost of a short statement. Names belong to the one session, whichever client asks. After a failure
 * a text gets a new name, because the failed one may not exist in the engine.
 */
function createStatementNames() {
  const names = new Map<string, string>();
  let made = 0;
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || made >= mostNamed) return known;
    made += 1;
    const name = `s${made}`;
    names.set(text, name);
    return name;
  };

  return (client: PoolClient): void => {
    const query = client.query.bind(client) as (...input: readonly unknown[]) => unknown;
    const named = (...input: readonly unknown[]): unknown => {
      const [text, values, callback] = input;
      const wanted = typeof text === 'string' && Array.isArray(values) && values.length > 0;
      const name = wanted ? nameOf(text) : undefined;
      if (!wanted || name === undefined) return query(...input);
      if (typeof callback === 'function') {
        const told: QueryCallback = (error, result) => {
          if (error) names.delete(text);
          (callback as QueryCallback)(error, result);
        };
        return query({ name, text, values }, told);
      }
      const answer = query({ name, text, values }) as Promise<unknown>;
      answer.catch(() => names.delete(text));
      return answer;
    };
    Object.assign(client, { query: named });
  };
}
