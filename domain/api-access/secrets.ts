import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key or client secret: `plk_` + 12 letters that name it + `_` + 43 letters of secret. */
const pattern = /^(plk_[0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const tokenPattern = /^plt_[A-Za-z0-9_-]{43}$/;

export interface NewSecret {
  /** Shown once, kept nowhere. */
  readonly secret: string;
  readonly prefix: string;
  readonly hash: string;
}

export function newSecret(): NewSecret {
  const prefix = `plk_${randomBytes(6).toString('hex')}`;
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix, hash: hashOf(secret) };
}

export function newToken(): { readonly token: string; readonly hash: string } {
  const token = `plt_${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashOf(token) };
}

/** The part of a key that names it, or null when the text is no key. */
export function prefixOf(secret: string): string | null {
  return pattern.exec(secret)?.[1] ?? null;
}

export const isToken = (text: string): boolean => tokenPattern.test(text);

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function matches(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), Buffer.from(hash, 'hex'));
}
