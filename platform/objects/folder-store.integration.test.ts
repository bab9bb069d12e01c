import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { objectStoreConformance } from './conformance.ts';
import { createFolderObjectStore } from './index.ts';

const makeFolder = () => mkdtemp(path.join(tmpdir(), 'plumbline-objects-'));

objectStoreConformance(async () => {
  const folder = await makeFolder();
  return {
    store: createFolderObjectStore(folder),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

it('writes private files and leaves no drafts behind', async () => {
  const folder = await makeFolder();
  await createFolderObjectStore(folder).forTenant('ten_a').put('dir/file', Buffer.from('x'));
  expect((await stat(path.join(folder, 'ten_a/dir/file~'))).mode & 0o777).toBe(0o600);
  expect(await readdir(path.join(folder, '.writing'))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
