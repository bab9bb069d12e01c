import { isAscii, isUtf8 } from 'node:buffer';

export type Decoded =
  | { readonly ok: true; readonly text: string; readonly encoding: string }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** Encodings that a declaration may name; anything else is refused rather than guessed. */
const byName: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'iso-8859-1': 'windows-1252',
  'iso8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

/**
 * Bytes to text. A byte order mark decides first, then the pattern of the first bytes (UTF-16 has a zero in every
 * other one), then `declared`. A declared utf-16 over single bytes is a vendor's habit and read as UTF-8.
 */
export function decodeText(bytes: Buffer, declared: string | null = null): Decoded {
  const marked = byMark(bytes);
  if (marked) return decodeAs(bytes, marked);
  const name = (declared ?? 'utf-8').trim().toLowerCase();
  const encoding = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (!encoding)
    return {
      ok: false,
      path: 'byte 1',
      message: `encoding "${name.slice(0, 40)}" is not supported; send UTF-8`,
    };
  return decodeAs(bytes, encoding.startsWith('utf-16') ? 'utf-8' : encoding);
}

function byMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0)
    return 'utf-16le';
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0)
    return 'utf-16be';
  return null;
}

function decodeAs(bytes: Buffer, encoding: string): Decoded {
  if (encoding === 'utf-8') return decodeUtf8(bytes);
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch {
    return { ok: false, path: 'byte 1', message: `not valid ${encoding}` };
  }
}

function decodeUtf8(bytes: Buffer): Decoded {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (isAscii(bytes)) return { ok: true, text: bytes.toString('latin1'), encoding: 'utf-8' };
  if (!isUtf8(bytes)) {
    return { ok: false, path: `byte ${firstBadByte(bytes) + 1}`, message: 'not valid UTF-8' };
  }
  return { ok: true, text: bytes.toString('utf8', start), encoding: 'utf-8' };
}

/** Offset of the first byte that is not UTF-8: halving finds it without decoding by hand. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, sequenceStart(bytes, middle)))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Steps back over continuation bytes, so that a cut never halves a character. */
function sequenceStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}

/** Line and column (both from 1) of an offset in a text, for error places. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
