import { setImmediate as nextTurn } from 'node:timers/promises';
import { createEmbeddedPool } from './embedded-pool.ts';
import { createEngine, type Engine } from './engine.ts';
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

/**
 * PGlite in memory: the real engine for tests, gone when closed. In this thread: a thread of its own would compile the
 * engine again for each database, a second per test file and more.
 */
export async function createMemoryPostgres(options: MemoryPostgresOptions = {}): Promise<MemoryPostgres> {
  // The server, whose engine has its own thread, must not load a second one here.
  const { openInMemory } = await import('./pglite.ts');
  const db = await openInMemory(options.from);
  const { pool, closeEngine } = createEmbeddedPool(breathing(createEngine(db)), {
    checkoutTimeoutMs: 15_000,
    reopen: null,
    onReopened: () => {},
    onError: () => {},
  });
  const postgres = createPostgresOver({ pool, mode: 'embedded', closeEngine });
  return { ...postgres, dump: () => db.dumpDataDir('none') };
}

/** An engine in this thread answers by microtasks, so a busy caller would starve timers and sockets. */
function breathing(engine: Engine): Engine {
  return {
    exec: async (messages) => {
      await nextTurn();
      return engine.exec(messages);
    },
    close: engine.close,
  };
}
