import { fileTypeFromBuffer } from 'file-type';
import { archiveRules, faultOfArchive } from './archive.ts';
import { faultOfXml } from './markup.ts';
import { faultOfPicture } from './picture.ts';

/** What a file may be, by its content. */
const kinds = {
  pdf: { mime: 'application/pdf', names: ['pdf'] },
  png: { mime: 'image/png', names: ['png'] },
  jpg: { mime: 'image/jpeg', names: ['jpg', 'jpeg'] },
  gif: { mime: 'image/gif', names: ['gif'] },
  webp: { mime: 'image/webp', names: ['webp'] },
  docx: { mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', names: ['docx'] },
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', names: ['xlsx'] },
  zip: { mime: 'application/zip', names: ['zip'] },
  xml: { mime: 'application/xml', names: ['xml'] },
  csv: { mime: 'text/csv', names: ['csv'] },
  txt: { mime: 'text/plain', names: ['txt'] },
} as const;
export type FileKind = keyof typeof kinds;

/** Types by which browsers and senders declare the same kind. */
const aliases: Readonly<Partial<Record<FileKind, readonly string[]>>> = {
  jpg: ['image/jpg', 'image/pjpeg'],
  zip: ['application/x-zip-compressed', 'application/x-zip'],
  xml: ['text/xml'],
  csv: ['text/plain', 'application/csv', 'application/vnd.ms-excel'],
};

export interface FileRules {
  /** What this place takes. */
  readonly kinds: readonly FileKind[];
  readonly maxBytes: number;
}

export interface SentFile {
  /** As the sender names it; never a place on our disk. */
  readonly name: string;
  /** The type that the sender declares; null = none. */
  readonly declared: string | null;
  readonly bytes: Buffer;
}

export type Inspection =
  | { readonly ok: true; readonly kind: FileKind; readonly mime: string }
  /** `why` completes "The file was refused: …" and is safe to show. */
  | { readonly ok: false; readonly why: string };

/** Holds a file against what its sender says it is, and against what it would become when it is read. */
export async function inspect(file: SentFile, rules: FileRules): Promise<Inspection> {
  const { bytes, name } = file;
  if (bytes.length === 0) return refused('it is empty');
  if (bytes.length > rules.maxBytes) return refused(`it is larger than ${megabytes(rules.maxBytes)} MB`);
  if (!isPlainName(name)) return refused('its name holds characters that no file name needs');
  const kind = await kindOf(file);
  if (kind === null || !rules.kinds.includes(kind)) {
    return refused(`its content is none of ${rules.kinds.map((one) => one.toUpperCase()).join(', ')}`);
  }
  const lie = faultOfClaim(file, kind);
  const fault = lie ?? (await faultOfContent(kind, bytes));
  return fault === null ? { ok: true, kind, mime: kinds[kind].mime } : refused(fault);
}

const refused = (why: string): Inspection => ({ ok: false, why });
const megabytes = (bytes: number): number => Math.round((bytes / 1024 / 1024) * 10) / 10;

function isPlainName(name: string): boolean {
  if (name.length === 0 || name.length > 255 || name.startsWith('.')) return false;
  // Controls, and the marks that turn the direction of writing and so disguise an ending.
  return !/[\p{Cc}\p{Cf}/\\:*?"<>|]/u.test(name);
}

/** By content; what has no signature is text or nothing. */
async function kindOf({ bytes, name }: SentFile): Promise<FileKind | null> {
  const sniffed = await fileTypeFromBuffer(bytes);
  if (sniffed !== undefined) {
    const found = (Object.keys(kinds) as FileKind[]).find((kind) => kind === sniffed.ext);
    return found ?? (sniffed.mime === 'application/xml' ? 'xml' : null);
  }
  if (!isText(bytes)) return null;
  const head = bytes.toString('utf8', 0, 200).trimStart();
  if (/^<(?:\?xml|!doctype|html|svg|script)/i.test(head)) return /^<\?xml/i.test(head) ? 'xml' : null;
  return endingOf(name) === 'csv' ? 'csv' : 'txt';
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const endingOf = (name: string): string => /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

function faultOfClaim({ name, declared }: SentFile, kind: FileKind): string | null {
  const { mime, names } = kinds[kind];
  const ending = endingOf(name);
  if (!(names as readonly string[]).includes(ending)) {
    return `its name ends in “.${ending}”, but its content is ${kind.toUpperCase()}`;
  }
  const [said = ''] = (declared ?? mime).split(';');
  const fits = [mime, ...(aliases[kind] ?? []), 'application/octet-stream'].includes(
    said.trim().toLowerCase(),
  );
  return fits ? null : `it was sent as ${said.trim().slice(0, 80)}, but its content is ${kind.toUpperCase()}`;
}

function faultOfContent(kind: FileKind, bytes: Buffer): Promise<string | null> | string | null {
  switch (kind) {
    case 'png':
    case 'jpg':
    case 'gif':
    case 'webp':
      return faultOfPicture(kind, bytes);
    case 'docx':
    case 'xlsx':
    case 'zip':
      return faultOfArchive(bytes, archiveRules);
    case 'xml':
      return faultOfXml(bytes);
    case 'pdf':
    case 'csv':
    case 'txt':
      return null;
  }
}
