import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { escapeLiteral, type Pool } from 'pg';
import { PlumblineError } from '#platform/errors';
import { toPostgresError } from './errors.ts';
import type { Postgres, Tx } from './index.ts';

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
  // The stores hand `tx` around in several typed guises, so the open transaction is found by the flow of control.
  const current = new AsyncLocalStorage<OpenTransaction>();
  let closing: Promise<void> | undefined;

  async function inRole<T>(role: string, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw closedError();
    if (parts.mode === 'embedded' && current.getStore()?.open === true) throw nestedError();
    const transaction: OpenTransaction = { open: true, afterCommit: [] };
    try {
      const result = await kysely.transaction().execute(async (tx) => {
        // One statement: role and tenant last exactly as long as the transaction. Without parameters it takes the simple
        // protocol, a quarter of the cost on the embedded engine.
        const values = [role, tenantId].map((value) => escapeLiteral(value));
        await sql
          .raw(
            `select set_config('role', ${values[0]}, true), set_config('app.tenant_id', ${values[1]}, true)`,
          )
          .execute(tx);
        return await current.run(transaction, () => work(tx));
      });
      transaction.open = false;
      for (const callback of transaction.afterCommit) callback();
      return result;
    } catch (error) {
      throw toPostgresError(error);
    } finally {
      transaction.open = false;
    }
  }

  function afterCommit(callback: () => void): void {
    const transaction = current.getStore();
    if (transaction?.open !== true) throw noTransactionError();
    transaction.afterCommit.push(callback);
  }

  async function close(): Promise<void> {
    await parts.beforeClose?.();
    await kysely.destroy();
    await parts.closeEngine();
  }

  return {
    asTenant: (tenantId, work) => {
      if (tenantId === '') return Promise.reject(noTenantError());
      return inRole('plumbline_app', tenantId, work);
    },
    asSystem: (work) => inRole('plumbline_system', '', work),
    afterCommit,
    kysely,
    pool: parts.pool,
    mode: parts.mode,
    close: () => (closing ??= close()),
  };
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

/** On one connection the inner transaction would wait for the outer one, which waits for the inner one. */
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
