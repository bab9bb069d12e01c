import { chmod, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { PlumblineError } from '#platform/errors';
import { startEngineThread, type EngineStart } from './engine-thread.ts';
import type { Engine } from './engine.ts';

/** An engine that runs out of space in the middle of its start cannot be stopped: it takes the process with it. */
const spaceToStartBytes = 64 * 1024 * 1024;

/** Opens the engine on `folder`, which must be initialised and locked. Throws `postgres.disk_full`. */
export async function openEngine(start: EngineStart): Promise<Engine> {
  const { folder } = start;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < spaceToStartBytes) {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'postgres.disk_full',
      detail: `The disk of ${folder} has less than 64 MB left. Make room; nothing that was acknowledged is lost.`,
    });
  }
  return startEngineThread(start);
}

/**
 * Makes `folder` a new, closed cluster unless it is one already. Made beside it and renamed when it is complete and
 * synced, so a crash on the way leaves no half cluster. Hold the folder's lock while calling.
 */
export async function initialiseFolder({ folder, code }: EngineStart): Promise<void> {
  await removeDrafts(folder);
  if (await isCluster(folder)) {
    await chmod(folder, 0o700);
    return;
  }
  const draft = `${folder}.new`;
  await mkdir(draft, { mode: 0o700, recursive: true });
  const engine = await openEngine({ folder: draft, code });
  await engine.close();
  await syncTree(draft);
  await rename(draft, folder);
  await syncPath(path.dirname(folder));
}

async function isCluster(folder: string): Promise<boolean> {
  return stat(path.join(folder, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

async function removeDrafts(folder: string): Promise<void> {
  await rm(`${folder}.new`, { recursive: true, force: true });
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(file);
    else await syncPath(file);
  }
  await syncPath(folder);
}

async function syncPath(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
