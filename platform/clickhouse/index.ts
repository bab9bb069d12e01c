import type { ClickHouseClient } from '@clickhouse/client';

/** ClickHouse by HTTP: a server (CLICKHOUSE_URL), or chDB in a watched child process behind a unix socket. */
export interface ClickHouse {
  readonly client: ClickHouseClient;
  readonly database: string;
  readonly mode: 'embedded' | 'server';
  /** Waits for running inserts, then stops the child. */
  close(): Promise<void>;
}
