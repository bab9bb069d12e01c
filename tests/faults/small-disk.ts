import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A folder on a file system of its own that can be filled to the last byte. */
export interface SmallDisk {
  fill(): void;
  free(): void;
  remove(): void;
}

const megabytes = 1500;

/**
 * Puts `folder` on a file system in memory. Null where this user may not mount one (Linux, root): the disk of the
 * machine must not be filled instead.
 */
export function mountSmallDisk(folder: string): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
  if (mounted.status !== 0) return null;
  const ballast = path.join(folder, 'ballast');
  return {
    fill: () => {
      const { bavail, bsize } = statfsSync(folder);
      const chunk = Buffer.alloc(1024 * 1024);
      writeFileSync(ballast, '');
      // Other writers take their share meanwhile: fill until nothing is left.
      for (let left = bavail * bsize; left > -chunk.length; left -= chunk.length) {
        try {
          writeFileSync(ballast, chunk, { flag: 'a' });
        } catch {
          return;
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      spawnSync('umount', ['-l', folder]);
    },
  };
}
