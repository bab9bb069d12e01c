import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** 256 bits with their name. */
export interface DataKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D) with a random nonce: nonce, ciphertext, tag. `bind` is authenticated, not stored. */
export function sealBytes({ key }: DataKey, bind: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(bind));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null when the bytes were changed, sealed under another key or bound to something else. */
export function openBytes({ key }: DataKey, bind: string, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bind));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
  try {
    return Buffer.concat([body, decipher.final()]);
  } catch {
    return null;
  }
}

/** Where a sealed text lies: it opens nowhere else. */
export interface Place {
  readonly table: string;
  readonly column: string;
  /** Primary key within the tenant. */
  readonly row: string;
}

const mark = 'plk1';

/** `plk1.<key id>.<base64url of nonce, ciphertext, tag>`, bound to tenant, table, column, row and key id. */
export function sealText(key: DataKey, tenantId: string, place: Place, text: string): string {
  const sealed = sealBytes(key, bindOf(tenantId, place, key.id), Buffer.from(text));
  return `${mark}.${key.id}.${Buffer.from(sealed).toString('base64url')}`;
}

/** The key id in the header; null for text that `sealText` did not make. */
export function sealedBy(sealed: string): string | null {
  const [found, keyId, body, more] = sealed.split('.');
  return found === mark && keyId && body && more === undefined ? keyId : null;
}

/** Null when it does not open: changed, moved to another place, or not under this key. */
export function openText(key: DataKey, tenantId: string, place: Place, sealed: string): string | null {
  if (sealedBy(sealed) !== key.id) return null;
  const body = Buffer.from(sealed.slice(mark.length + key.id.length + 2), 'base64url');
  const plain = openBytes(key, bindOf(tenantId, place, key.id), body);
  return plain === null ? null : Buffer.from(plain).toString('utf8');
}

function bindOf(tenantId: string, { table, column, row }: Place, keyId: string): string {
  return JSON.stringify([tenantId, table, column, row, keyId]);
}
