import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { withoutSecret } from '../../proofs/static-credentials.ts';
import type { Verifier } from '../../source.ts';

/** What the header says when the sending account has no API key. It proves nothing, so it is refused by name. */
const placeholder = /^please create an api key/i;

/**
 * `X-Checkr-Signature`: lower-case hex HMAC-SHA256 of the raw body, keyed with the account's API key (partners: the
 * OAuth client secret). The scheme has no timestamp; replays are caught by the event id.
 */
export function createCheckrVerifier(secrets: readonly string[]): Verifier {
  const keys = secrets.filter((secret) => secret !== '').map((secret) => createSecretKey(secret, 'utf8'));
  return (rawBody, headers) => {
    if (keys.length === 0) return withoutSecret;
    const given = headers['x-checkr-signature']?.trim();
    if (!given) {
      return {
        ok: false,
        reason: 'signature_missing',
        detail: 'No X-Checkr-Signature header. Send the lower-case hex HMAC-SHA256 of the raw body.',
      };
    }
    if (placeholder.test(given)) {
      return {
        ok: false,
        reason: 'signature_placeholder',
        detail:
          'The sending Checkr account has no API key, so it cannot sign. Create one in the Checkr dashboard.',
      };
    }
    if (/^[0-9a-f]{64}$/.test(given)) {
      const digest = Buffer.from(given, 'hex');
      let matched = false;
      for (const key of keys) {
        matched = timingSafeEqual(createHmac('sha256', key).update(rawBody).digest(), digest) || matched;
      }
      if (matched) return { ok: true };
    }
    return {
      ok: false,
      reason: 'signature_mismatch',
      detail:
        'X-Checkr-Signature does not fit the body. Sign the raw bytes with the API key of the account that this endpoint was set up with.',
    };
  };
}
