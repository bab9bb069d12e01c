import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import path from 'node:path';
import { processEnvironment } from '#platform/config';
import { failure } from './failure.ts';

/** A file of a public registry whose content is known. */
export interface Pin {
  url: string;
  sha256: string;
}

/**
 * Where downloads are kept between runs and repositories: `SERVICES_CACHE`, or the user's cache folder. Root's is
 * outside its home: Postgres refuses to run as root, and the user it runs as could not read there.
 */
export function cacheFolder(): string {
  const env = processEnvironment();
  const chosen = env['SERVICES_CACHE'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  if (process.getuid?.() === 0) return '/var/cache/plumbline-services';
  const home =
    platform() === 'darwin' ? path.join(homedir(), 'Library/Caches') : path.join(homedir(), '.cache');
  return path.join(env['XDG_CACHE_HOME'] ?? home, 'plumbline-services');
}

/** Makes `folder` once: `fill` works in a draft beside it, which takes its name only when whole. */
export async function keepFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  if (await exists(folder)) return;
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  try {
    await fill(draft);
    // Another process may have been faster; the contents are the same.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Downloads into `file`. Errors: `services.unreachable`, `services.wrong_content`. */
export async function download(pin: Pin, file: string, whatFor: string): Promise<void> {
  const bytes = await fetchBytes(pin.url, whatFor);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== pin.sha256) {
    throw failure(
      'services.wrong_content',
      `${pin.url} has the SHA-256 ${found}, expected ${pin.sha256}. Nothing of it was kept.`,
    );
  }
  await writeFile(file, bytes, { mode: 0o644 });
}

async function fetchBytes(url: string, whatFor: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    } catch (error) {
      if (attempt === 3) throw unreachable(url, whatFor, error);
    }
  }
}

function unreachable(url: string, whatFor: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return failure(
    'services.unreachable',
    `${whatFor} comes from ${new URL(url).host}, which did not answer: ${why} (${url}). ` +
      'Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1, with a certificate of its own NODE_EXTRA_CA_CERTS; or use a server of your own (see scripts/services/README.md).',
  );
}
