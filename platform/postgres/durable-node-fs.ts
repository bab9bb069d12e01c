import { fsyncSync, lstatSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** ENOENT as the engine's C library counts it. */
const noEntry = 44;

type EngineOptions = Parameters<NodeFS['init']>[1];

/** The part of the engine's file layer that is filled in here. */
interface EngineModule {
  FS: {
    ErrnoError: new (errno: number) => { errno: number };
    filesystems: {
      NODEFS: {
        getMode: (file: string) => number;
        stream_ops: { fsync?: (stream: { nfd?: number }) => number };
      };
    };
  };
}

/**
 * PGlite's Node file system without its gap: it has no fsync operation, so a commit would survive the death of the
 * process but not of the machine. One fsync per commit is seen by strace with this in place.
 */
export class DurableNodeFS extends NodeFS {
  override async init(pg: PGlite, options: EngineOptions): ReturnType<NodeFS['init']> {
    const made = await super.init(pg, options);
    made.emscriptenOpts.preRun?.push((module) => {
      const { FS } = module as unknown as EngineModule;
      FS.filesystems.NODEFS.stream_ops.fsync = ({ nfd }) => {
        if (nfd !== undefined) fsyncSync(nfd);
        return 0;
      };
      // The engine looks for absent files all the time (a small table's free space map), and Node's error for each
      // costs ten times the look itself.
      FS.filesystems.NODEFS.getMode = (file) => {
        const found = lstatSync(file, { throwIfNoEntry: false });
        if (found === undefined) throw new FS.ErrnoError(noEntry);
        return found.mode;
      };
    });
    return made;
  }
}
