import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';

export interface ArchiveRules {
  readonly maxEntries: number;
  /** All entries unfolded, bytes. */
  readonly maxUnfoldedBytes: number;
  /** Unfolded to folded; text compresses to a twentieth, a bomb to a thousandth. */
  readonly maxRatio: number;
}

/** Documents of offices and learning packages. */
export const archiveRules: ArchiveRules = {
  maxEntries: 5000,
  maxUnfoldedBytes: 256 * 1024 * 1024,
  maxRatio: 100,
};

const archiveName = /\.(?:zip|jar|docx|xlsx|pptx|7z|rar|gz|tgz|bz2|xz|tar)$/i;

/**
 * What is wrong with a ZIP archive, in words; null = nothing. Its directory may lie about sizes, so every entry is unfolded
 * and counted as it comes, and the counting stops at the limit: nothing is kept.
 */
export async function faultOfArchive(bytes: Buffer, rules: ArchiveRules): Promise<string | null> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true }).catch(() => null);
  if (zip === null) return 'it is no archive that can be read';
  try {
    if (zip.entryCount > rules.maxEntries) return `it holds more than ${rules.maxEntries} files`;
    return await faultOfEntries(zip, bytes.length, rules);
  } catch {
    return 'it is no archive that can be read';
  } finally {
    zip.close();
  }
}

async function faultOfEntries(
  zip: ZipFile,
  foldedBytes: number,
  rules: ArchiveRules,
): Promise<string | null> {
  const most = Math.min(rules.maxUnfoldedBytes, Math.max(foldedBytes, 1024) * rules.maxRatio);
  let unfolded = 0;
  for await (const entry of zip.eachEntry()) {
    const fault = faultOfEntry(entry);
    if (fault !== null) return fault;
    unfolded += await unfoldedBytes(zip, entry, most - unfolded);
    if (unfolded > most) return 'it unfolds to far more than it weighs';
  }
  return null;
}

function faultOfEntry(entry: Entry): string | null {
  const { fileName } = entry;
  if (fileName.split('/').includes('..') || fileName.startsWith('/'))
    return 'it holds a file that leads outside of it';
  if (archiveName.test(fileName)) return `it holds another archive (${fileName.slice(-60)})`;
  return entry.isEncrypted() ? 'it is encrypted, so nobody can look into it' : null;
}

/** Bytes that an entry unfolds to; stops soon after `most`. */
async function unfoldedBytes(zip: ZipFile, entry: Entry, most: number): Promise<number> {
  if (entry.fileName.endsWith('/')) return 0;
  const stream = await zip.openReadStreamPromise(entry);
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > most) break;
  }
  return bytes;
}
