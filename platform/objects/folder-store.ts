import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectInfo, ObjectStore, TenantObjects } from './index.ts';
import { checkTenantId, segmentsOf } from './key.ts';

/** Ends the names of files, so that keys `a` and `a/b` can both exist. No key contains it. */
const fileMark = '~';

/** Objects as files under `folder` (made, mode 0700, when absent). */
export function createFolderObjectStore(folder: string): ObjectStore {
  const root = path.resolve(folder);
  return {
    forTenant: (tenantId) => {
      checkTenantId(tenantId);
      return createTenantFolder(path.join(root, tenantId), path.join(root, '.writing'));
    },
  };
}

function createTenantFolder(home: string, drafts: string): TenantObjects {
  const fileOf = (key: string) => path.join(home, ...segmentsOf(key)) + fileMark;
  return {
    put: async (key, body) => {
      const file = fileOf(key);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await mkdir(drafts, { recursive: true, mode: 0o700 });
      const draft = path.join(drafts, randomUUID());
      try {
        await writeDurably(draft, body);
        await rename(draft, file);
      } finally {
        await rm(draft, { force: true });
      }
      await syncFolder(path.dirname(file));
      return infoOf(key, file);
    },
    get: (key) => orNull(readFile(fileOf(key))),
    stream: async (key) => {
      const file = fileOf(key);
      const found = await orNull(stat(file));
      return found === null ? null : createReadStream(file);
    },
    remove: async (key) => {
      const file = fileOf(key);
      const found = await orNull(stat(file));
      await rm(file, { force: true });
      return found !== null;
    },
    list: async ({ prefix = '', after = '', limit = 1000 } = {}) => {
      const keys = (await keysUnder(home, '')).filter((key) => key.startsWith(prefix) && key > after);
      const page = keys.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, limit);
      const infos = await Promise.all(page.map((key) => orNull(infoOf(key, fileOf(key)))));
      return infos.filter((info) => info !== null);
    },
  };
}

async function writeDurably(file: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function infoOf(key: string, file: string): Promise<ObjectInfo> {
  const { size, mtimeMs } = await stat(file);
  return { key, bytes: size, modifiedAtMs: Math.floor(mtimeMs) };
}

async function keysUnder(folder: string, prefix: string): Promise<string[]> {
  const entries = (await orNull(readdir(folder, { withFileTypes: true }))) ?? [];
  const nested = await Promise.all(
    entries.map(async (entry) => {
      if (entry.isDirectory()) return keysUnder(path.join(folder, entry.name), `${prefix}${entry.name}/`);
      return entry.name.endsWith(fileMark) ? [prefix + entry.name.slice(0, -1)] : [];
    }),
  );
  return nested.flat();
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
