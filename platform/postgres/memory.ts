import { PGlite } from '@electric-sql/pglite';
import { createEmbeddedPool } from './embedded-pool.ts';
import { createEngine } from './engine.ts';
import { extensions, memoryStartParams } from './engine-settings.ts';
import type { Postgres } from './index.ts';
import { createPostgresOver } from './transactions.ts';

export interface MemoryPostgres extends Postgres {
  /** The whole cluster (roles too) as a tar, to start other databases from. */
  dump(): Promise<Blob>;
}

export interface MemoryPostgresOptions {
  /** A dump to start from: several times faster than a new cluster. */
  from?: Blob;
}

/** PGlite in memory: the real engine for tests, gone when closed. */
export async function createMemoryPostgres(options: MemoryPostgresOptions = {}): Promise<MemoryPostgres> {
  const db = await PGlite.create({
    extensions,
    startParams: memoryStartParams,
    ...(options.from === undefined ? {} : { loadDataDir: options.from }),
  });
  const { pool, closeEngine } = createEmbeddedPool(createEngine(db), {
    checkoutTimeoutMs: 15_000,
    reopen: null,
    onReopened: () => {},
    onError: () => {},
  });
  const postgres = createPostgresOver({ pool, mode: 'embedded', closeEngine });
  return { ...postgres, dump: () => db.dumpDataDir('none') };
}
