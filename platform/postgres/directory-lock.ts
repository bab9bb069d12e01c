import { DatabaseSync } from 'node:sqlite';
import { PlumblineError } from '#platform/errors';

export interface DirectoryLock {
  release(): void;
}

/**
 * Keeps a second process (or a second database of this one) out of `folder`. Two engines on one folder both seem to
 * work and lose each other's rows. The lock is SQLite's exclusive file lock on `<folder>.lock`: the kernel
 * releases it when the process dies, however it dies.
 * Throws `postgres.folder_in_use`.
 */
export function lockDirectory(folder: string): DirectoryLock {
  const file = `${folder}.lock`;
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    database.close();
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'postgres.folder_in_use',
      detail: `The database folder ${folder} is in use by another process. Stop that process, or give this one another data folder.`,
      internal: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  return { release: () => database.close() };
}
