import { createHmac, timingSafeEqual } from 'node:crypto';
import type * as z from 'zod';
import type { qrScanSchema } from '#contracts/events/geofence';
import type { EpochMs } from '#contracts/time';
import { Temporal } from 'temporal-polyfill';

type SiteCodeScan = z.infer<typeof qrScanSchema>;

/** What the screen at the gate shows as a QR code: it lives for seconds and serves one check-in at one zone. */
export interface SiteCodes {
  /** `nonce` must be fresh for each code. */
  issue(input: { zoneId: string; nonce: string; nowMs: EpochMs }): string;
  /** Null = not one of our codes at all. A forged one is read with `signatureValid` false: the attempt is refused and kept. */
  read(code: string): SiteCodeScan | null;
}

export interface SiteCodeKeys {
  /** The first key signs; all verify, so that a key can be changed without a gap. At least 32 bytes each. */
  keys: readonly Uint8Array[];
  lifetimeS: number;
}

const version = 'plq1';
const separator = '.';

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');

function sign(key: Uint8Array, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}

/** Form: `plq1.<zone>.<expiry in ms>.<nonce>.<HMAC-SHA256 over what precedes>`, parts in base64url. */
export function createSiteCodes({ keys, lifetimeS }: SiteCodeKeys): SiteCodes {
  const [signing] = keys;
  if (!signing || keys.some((key) => key.length < 32)) {
    throw new RangeError('site codes need at least one key, each of 32 bytes or more');
  }
  return {
    issue: ({ zoneId, nonce, nowMs }) => {
      const expiresMs = nowMs + lifetimeS * 1000;
      const body = [version, encode(zoneId), String(expiresMs), encode(nonce)].join(separator);
      return [body, sign(signing, body).toString('base64url')].join(separator);
    },
    read: (code) => {
      const parts = code.split(separator);
      const [prefix, zone = '', expiry = '', nonce = '', signature = ''] = parts;
      if (parts.length !== 5 || prefix !== version || !/^\d{1,15}$/.test(expiry)) return null;
      const body = parts.slice(0, 4).join(separator);
      return {
        zoneId: decode(zone),
        expiresAt: Temporal.Instant.fromEpochMilliseconds(Number(expiry)).toString({
          smallestUnit: 'millisecond',
        }),
        nonce: decode(nonce),
        signatureValid: keys.some((key) => sameBytes(sign(key, body), Buffer.from(signature, 'base64url'))),
      };
    },
  };
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
