import { PGlite } from '@electric-sql/pglite';
import { DurableNodeFS } from './durable-node-fs.ts';
import { durableStartParams, extensions, memoryStartParams } from './engine-settings.ts';

/** The engine on `folder`, which must be locked; a new cluster when the folder is empty. */
export function openOnDisk(folder: string, code: WebAssembly.Module): Promise<PGlite> {
  return PGlite.create({
    fs: new DurableNodeFS(folder),
    pgliteWasmModule: code,
    extensions,
    startParams: durableStartParams,
  });
}

/** The engine in memory, empty or filled from a dump. */
export function openInMemory(from: Blob | undefined): Promise<PGlite> {
  return PGlite.create({
    extensions,
    startParams: memoryStartParams,
    ...(from === undefined ? {} : { loadDataDir: from }),
  });
}
