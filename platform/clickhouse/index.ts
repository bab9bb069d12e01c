import type { ClickHouseClient } from '@clickhouse/client';

export type { ClickHouseSettings } from '@clickhouse/client';
export { textMap } from './client-settings.ts';
export type { EngineAccess } from './access.ts';
export { createEmbeddedClickHouse } from './embedded.ts';
export { createServerClickHouse } from './server.ts';

/** ClickHouse by HTTP: a server (CLICKHOUSE_URL), or chDB in a watched child process behind a unix socket. */
export interface ClickHouse {
  readonly client: ClickHouseClient;
  readonly database: string;
  readonly mode: 'embedded' | 'server';
  /** Cluster on whose replicas every table lives; null: one server. */
  readonly cluster: string | null;
  /** Another client on the same engine, in whose requests a name without a database is looked for in `database`. */
  connectTo(database: string): ClickHouseClient;
  /** Waits for running inserts, then stops the child. */
  close(): Promise<void>;
}

/** The embedded engine as its owner sees it. */
export interface EmbeddedClickHouse extends ClickHouse {
  readonly mode: 'embedded';
  /** Process id of the running child; null while it restarts. */
  pid(): number | null;
}
