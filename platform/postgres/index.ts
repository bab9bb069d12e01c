import type { Kysely, Transaction } from 'kysely';
import type { Pool } from 'pg';

/** One open transaction. A store widens it with its own tables: `tx.withTables<AuditTables>()`. */
export type Tx = Transaction<unknown>;

/** What one viewer may see of a tenant, as row security holds it. A `Scope` of identity is one. */
export interface RowScope {
  readonly tenantId: string;
  readonly userId: string;
  /** Both null = everybody of the tenant; otherwise people of these divisions, and of these locations. */
  readonly divisionIds: readonly string[] | null;
  readonly locationIds: readonly string[] | null;
  /** Set: this person alone. */
  readonly ownEmployeeId: string | null;
}

/**
 * Postgres, embedded or a server, behind one `pg` pool.
 *
 * Every table with tenant data has forced row-level security (SQL function `protect_tenant_table`, migration 0001).
 * There is no way to reach such a table without one of the three transactions below.
 */
export interface Postgres {
  /** Runs `work` in one transaction as role `plumbline_app` bound to the tenant: other tenants' rows do not exist. Rolls back on throw. */
  asTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The same for what a viewer asked for: where the scope is limited, as role `plumbline_viewer`, for which people beyond
   * the scope, and what is told of them, do not exist (policies `scope_rows`, migration 0120).
   */
  asViewer<T>(scope: RowScope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `work` as role `plumbline_system`: for the event log, outbox relay, sign-in and housekeeping that spans tenants. */
  asSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Inside `asTenant` or `asSystem`: runs `callback` once when that transaction has committed, and not at all when it
   * rolls back. For waking somebody; it must not throw. Throws `postgres.no_transaction` elsewhere.
   */
  afterCommit(callback: () => void): void;
  /** True in code called by `asTenant` or `asSystem` while that transaction is open. */
  inTransaction(): boolean;
  /** For libraries that bring their own SQL (better-auth, pg-boss). Runs as the connection's own role. */
  readonly kysely: Kysely<unknown>;
  readonly pool: Pool;
  /** `embedded` = PGlite in this process, one connection; `server` = DATABASE_URL. */
  readonly mode: 'embedded' | 'server';
  /** Closes after running transactions end; the embedded engine checkpoints first. */
  close(): Promise<void>;
}

/**
 * Short messages between the processes of one database. Hints, never the truth: they are lost while a process's
 * connection is away, so whoever listens also looks now and then.
 */
export interface Signals {
  /** Tells all processes, this one too. Never rejects. */
  send(channel: string, payload: string): Promise<void>;
  /** `onMissed` is called after an interruption in which messages may have been lost. Returns how to stop. */
  listen(channel: string, onSignal: (payload: string) => void, onMissed?: () => void): () => void;
  /** To be called before the database is closed. */
  close(): Promise<void>;
}

export { columns } from './arrays.ts';
export { isRetryable, isUniqueViolation, sqlStateOf, sqlStates, toPostgresError } from './errors.ts';
export { createMemoryPostgres } from './memory.ts';
export { createEmbeddedPostgres } from './embedded.ts';
export { createServerPostgres } from './server.ts';
export { openPostgres } from './open.ts';
export { observePostgres } from './observed.ts';
export { openSignals } from './signals.ts';
