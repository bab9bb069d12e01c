import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, PostgresDriver, sql, type Dialect } from 'kysely';
import { escapeLiteral, type Pool } from 'pg';
import { PlumblineError } from '#platform/errors';
import { toPostgresError } from './errors.ts';
import type { Postgres, Tx } from './index.ts';
import { systemSettings, tenantSettings, viewerSettings, type Settings } from './row-scope.ts';

interface Parts {
  pool: Pool;
  mode: Postgres['mode'];
  /** Runs after the pool has ended. */
  closeEngine(): Promise<void>;
  /** Runs while the pool is still open. */
  beforeClose?(): Promise<void>;
}

interface OpenTransaction {
  open: boolean;
  afterCommit: (() => void)[];
}

/** The face over one pool: both engines differ only in how the pool is made. */
export function createPostgresOver(parts: Parts): Postgres {
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: parts.pool }) });
  const scoped = new Kysely<unknown>({ dialect: scopedDialect(parts.pool) });
  // The stores hand `tx` around in several typed guises, so the open transaction is found by the flow of control.
  const current = new AsyncLocalStorage<OpenTransaction>();
  const running = new Set<Promise<unknown>>();
  const inTransaction = () => current.getStore()?.open === true;
  let closing: Promise<void> | undefined;

  async function run<T>(settings: Settings, work: (tx: Tx) => Promise<T>): Promise<T> {
    const transaction: OpenTransaction = { open: true, afterCommit: [] };
    const done = scoped.transaction().execute(async (tx) => {
      await beginAs(tx, settings);
      return await current.run(transaction, () => work(tx));
    });
    running.add(done);
    try {
      return await done;
    } catch (error) {
      transaction.afterCommit = [];
      throw toPostgresError(error);
    } finally {
      transaction.open = false;
      running.delete(done);
      for (const callback of transaction.afterCommit) callback();
    }
  }

  async function start<T>(settings: Settings, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw closedError();
    if (inTransaction()) throw nestedError();
    return run(settings, work);
  }

  function startInTenant<T>(tenantId: string, settings: Settings, work: (tx: Tx) => Promise<T>): Promise<T> {
    return tenantId === '' ? Promise.reject(noTenantError()) : start(settings, work);
  }

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    await parts.beforeClose?.();
    await kysely.destroy();
    // Kysely ends the pool only when a statement went through it; migrations and libraries use the pool alone.
    if (!parts.pool.ending) await parts.pool.end();
    await parts.closeEngine();
  }

  return {
    asTenant: (tenantId, work) => startInTenant(tenantId, tenantSettings(tenantId), work),
    asViewer: (scope, work) => startInTenant(scope.tenantId, viewerSettings(scope), work),
    asSystem: (work) => start(systemSettings, work),
    afterCommit: (callback) => {
      const transaction = current.getStore();
      if (transaction?.open !== true) throw noTransactionError();
      transaction.afterCommit.push(callback);
    },
    inTransaction,
    kysely,
    pool: parts.pool,
    mode: parts.mode,
    close: () => (closing ??= close()),
  };
}

/** Leaves `begin` to `beginAs`, which sends it together with the role: a way to the engine and back less. */
class ScopedDriver extends PostgresDriver {
  override beginTransaction(): Promise<void> {
    return Promise.resolve();
  }
}

function scopedDialect(pool: Pool): Dialect {
  const dialect = new PostgresDialect({ pool });
  return {
    createDriver: () => new ScopedDriver({ pool }),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/**
 * Role and settings last exactly as long as the transaction. Without parameters it takes the simple protocol, a quarter
 * of the cost on the embedded engine.
 */
async function beginAs(tx: Tx, settings: Settings): Promise<void> {
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, true)`,
  );
  await sql.raw(`begin; select ${set.join(', ')}`).execute(tx);
}

function closedError(): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'postgres.closed',
    detail: 'The database is closing. Try again shortly.',
    retryAfterS: 5,
  });
}

function noTenantError(): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'postgres.tenant_missing',
    detail: 'A tenant transaction needs a tenant id.',
  });
}

/**
 * On one connection the inner transaction would wait for the outer one, which waits for the inner one; on a server it
 * would commit what the outer one rolls back, and a pool all of whose connections are outer ones would wait for ever.
 */
function nestedError(): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'postgres.nested_transaction',
    detail: 'A transaction was opened inside a transaction. Pass the open one on instead.',
  });
}

function noTransactionError(): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'postgres.no_transaction',
    detail: 'afterCommit was called outside a transaction.',
  });
}
