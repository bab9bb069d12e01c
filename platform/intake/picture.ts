/** Pixels of a picture that a scanner of paper or a telephone makes are far below; a bomb of a few kilobytes is far above. */
export const maxPixels = 100_000_000;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is wrong with the size of a picture, in words; null = nothing. Reads the headers alone and unfolds nothing. */
export function faultOfPicture(kind: 'png' | 'jpg' | 'gif' | 'webp', bytes: Buffer): string | null {
  const size = sizeOf[kind](bytes);
  if (size === null || size.width < 1 || size.height < 1) return 'its size cannot be read';
  const pixels = size.width * size.height;
  return pixels > maxPixels
    ? `it has ${size.width} × ${size.height} pixels, more than any document needs`
    : null;
}

type ReadSize = (bytes: Buffer) => Size | null;

const sizeOf: Readonly<Record<'png' | 'jpg' | 'gif' | 'webp', ReadSize>> = {
  png: (bytes) =>
    bytes.length < 24 ? null : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) },
  gif: (bytes) =>
    bytes.length < 10 ? null : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) },
  jpg: sizeOfJpeg,
  webp: sizeOfWebp,
};

/** Goes from segment to segment to the start of the frame (ITU T.81, B.2.2). */
function sizeOfJpeg(bytes: Buffer): Size | null {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return null;
    at += 2 + length;
  }
  return null;
}

/** Three forms: lossy, lossless, extended (RFC 9649). */
function sizeOfWebp(bytes: Buffer): Size | null {
  if (bytes.length < 30) return null;
  const form = bytes.toString('latin1', 12, 16);
  if (form === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (form === 'VP8 ') {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  }
  if (form !== 'VP8L') return null;
  const packed = bytes.readUInt32LE(21);
  return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
}
