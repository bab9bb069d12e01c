import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { initialiseFolder, openEngine } from './data-folder.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { createEmbeddedPool } from './embedded-pool.ts';
import { compileEngine } from './engine-code.ts';
import type { EngineStart } from './engine-thread.ts';
import type { Postgres } from './index.ts';
import { createPostgresOver } from './transactions.ts';
import { startUpkeep } from './upkeep.ts';

export interface EmbeddedPostgresOptions {
  /** The cluster's folder, e.g. `.plumbline/postgres`. Made (mode 0700) when absent. */
  dir: string;
  log: Log;
  clock: Clock;
  /** Longest wait for the one connection; 30 s when absent. */
  checkoutTimeoutMs?: number;
}

/**
 * Postgres 18 in a thread of this process (PGlite with pgvector), durable by fsync per commit. One session: transactions run one
 * after the other, and a transaction opened inside another one waits for ever, which ends as `postgres.unavailable`.
 * Throws `postgres.folder_in_use` when another process has the folder.
 */
export async function createEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<Postgres> {
  const folder = path.resolve(options.dir);
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  const lock = lockDirectory(folder);
  try {
    return await openLocked(folder, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(
  folder: string,
  lock: DirectoryLock,
  { log, clock, checkoutTimeoutMs = 30_000 }: EmbeddedPostgresOptions,
): Promise<Postgres> {
  const startedAt = clock.nowMs();
  const start: EngineStart = { folder, code: await compileEngine() };
  await initialiseFolder(start);
  const engine = await openEngine(start);
  const { pool, closeEngine } = createEmbeddedPool(engine, {
    checkoutTimeoutMs,
    reopen: () => openEngine(start),
    onReopened: () => log.info({ folder }, 'embedded Postgres is open again'),
    onError: (err) => log.error({ err }, 'embedded Postgres failed'),
  });
  const upkeep = startUpkeep({ pool, log });
  log.info({ folder, durationMs: clock.nowMs() - startedAt }, 'embedded Postgres is open');
  return createPostgresOver({
    pool,
    mode: 'embedded',
    beforeClose: () => upkeep.stop(),
    closeEngine: async () => {
      await closeEngine();
      lock.release();
    },
  });
}
