import path from 'node:path';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { createEmbeddedPostgres } from './embedded.ts';
import type { Postgres } from './index.ts';
import { createServerPostgres } from './server.ts';

/** The part of the configuration that decides which engine it is. */
export interface PostgresConfig {
  readonly data: { readonly folder: string };
  readonly postgres: { readonly url: string | undefined; readonly maxConnections: number };
}

/** The server when it has a URL, otherwise the embedded engine in `<data folder>/postgres`. */
export async function openPostgres(
  config: PostgresConfig,
  deps: { log: Log; clock: Clock },
): Promise<Postgres> {
  const { url, maxConnections } = config.postgres;
  if (url !== undefined) return createServerPostgres({ url, maxConnections, log: deps.log });
  return createEmbeddedPostgres({ dir: path.join(config.data.folder, 'postgres'), ...deps });
}
