import { Pool } from 'pg';
import type { Log } from '#platform/log';
import { onFailure } from './embedded-pool.ts';
import type { Postgres } from './index.ts';
import { createPostgresOver } from './transactions.ts';

export interface ServerPostgresOptions {
  /** `postgres://user:password@host/database`. The user must be allowed to switch to both roles of migration 0001. */
  url: string;
  log?: Log;
  /** Most connections of this process; 10 when absent. */
  maxConnections?: number;
}

/** A Postgres server (15 or newer, with pgvector). Connects at first use. */
export function createServerPostgres({ url, log, maxConnections = 10 }: ServerPostgresOptions): Postgres {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: 'plumbline',
    // The connection that listens is quiet for hours: a router that forgot it must be noticed.
    keepAlive: true,
    // An abandoned transaction would hold back vacuum and the log's readers.
    idle_in_transaction_session_timeout: 60_000,
  });
  onFailure(pool, (err) => log?.error({ err }, 'Postgres connection lost'));
  return createPostgresOver({ pool, mode: 'server', closeEngine: () => Promise.resolve() });
}
