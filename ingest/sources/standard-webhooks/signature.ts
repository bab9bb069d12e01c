import {
  createHmac,
  createPublicKey,
  createSecretKey,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import { withoutSecret } from '../../proofs/static-credentials.ts';
import type { SourceHeaders, Verification, Verifier } from '../../source.ts';

/** Seconds either way between the sender's timestamp and our clock (Standard Webhooks specification). */
const toleranceS = 300;
/** A header with more signatures than this is not read further: nobody rotates so many keys. */
const maxSignatures = 10;

interface Keys {
  readonly symmetric: readonly KeyObject[];
  readonly publicKeys: readonly KeyObject[];
}

/**
 * Standard Webhooks: `v1` = HMAC-SHA256 (secret `whsec_…`), `v1a` = ed25519 (public key `whpk_…`), over
 * `id.timestamp.body`. Done on the raw bytes with the process's own clock, which the reference library does not allow;
 * the tests sign with that library.
 */
export function createStandardVerifier(secrets: readonly string[]): Verifier {
  const keys = readKeys(secrets);
  return (rawBody, headers, nowMs) => {
    if (keys.symmetric.length + keys.publicKeys.length === 0) return withoutSecret;
    return check(keys, rawBody, headers, nowMs);
  };
}

function readKeys(secrets: readonly string[]): Keys {
  const symmetric = secrets
    .filter((secret) => secret !== '' && !secret.startsWith('whpk_'))
    .map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .filter((bytes) => bytes.length > 0)
    .map((bytes) => createSecretKey(bytes));
  const publicKeys = secrets
    .filter((secret) => secret.startsWith('whpk_'))
    .map((secret) => Buffer.from(secret.slice('whpk_'.length), 'base64'))
    .filter((bytes) => bytes.length === 32)
    .map((bytes) =>
      createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') } }),
    );
  return { symmetric, publicKeys };
}

function check(keys: Keys, rawBody: Buffer, headers: SourceHeaders, nowMs: number): Verification {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || !signatures) {
    return refuse(
      'signature_missing',
      'Send the headers webhook-id, webhook-timestamp and webhook-signature.',
    );
  }
  if (!timestamp || !/^\d{1,12}$/.test(timestamp)) {
    return refuse('timestamp_missing', 'webhook-timestamp must be whole seconds since 1970.');
  }
  if (Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) > toleranceS) {
    return refuse(
      'timestamp_stale',
      `webhook-timestamp is more than ${toleranceS} s from now. Sign each attempt anew.`,
    );
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), rawBody]);
  let matched = false;
  for (const one of signatures.split(' ', maxSignatures)) {
    matched = (one.startsWith('v1,') ? sameMac(keys, signed, one.slice(3)) : false) || matched;
    matched = (one.startsWith('v1a,') ? sameKey(keys, signed, one.slice(4)) : false) || matched;
  }
  if (matched) return { ok: true };
  return refuse(
    'signature_mismatch',
    'No signature fits. Sign "id.timestamp.body" over the raw body with this endpoint\'s secret.',
  );
}

function sameMac(keys: Keys, signed: Buffer, given: string): boolean {
  const digest = Buffer.from(given, 'base64');
  let matched = false;
  for (const key of keys.symmetric) {
    const own = createHmac('sha256', key).update(signed).digest();
    matched = (own.length === digest.length && timingSafeEqual(own, digest)) || matched;
  }
  return matched;
}

function sameKey(keys: Keys, signed: Buffer, given: string): boolean {
  const signature = Buffer.from(given, 'base64');
  return signature.length === 64 && keys.publicKeys.some((key) => verify(null, signed, key, signature));
}

function refuse(
  reason: 'signature_missing' | 'signature_mismatch' | 'timestamp_missing' | 'timestamp_stale',
  detail: string,
): Verification {
  return { ok: false, reason, detail };
}
