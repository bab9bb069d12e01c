import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
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

/** The face over one pool: both engines differ only in how the pool is made. */
export function createPostgresOver(parts: Parts): Postgres {
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: parts.pool }) });
  let closing: Promise<void> | undefined;

  async function inRole<T>(role: string, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw closedError();
    try {
      return await kysely.transaction().execute(async (tx) => {
        // One statement: role and tenant last exactly as long as the transaction.
        await sql`select set_config('role', ${role}, true), set_config('app.tenant_id', ${tenantId}, true)`.execute(
          tx,
        );
        return await work(tx);
      });
    } catch (error) {
      throw toPostgresError(error);
    }
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
