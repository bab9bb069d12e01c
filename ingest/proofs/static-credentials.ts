import type { SourceHeaders, Verification } from '../source.ts';
import { sameAsAny } from './constant-time.ts';

/** The whole value of the `Authorization` header, with and without its scheme, as the sender may have been configured. */
export function authorizationCandidates(headers: SourceHeaders): string[] {
  const header = headers['authorization']?.trim();
  if (!header) return [];
  const basic = /^basic\s+(\S+)$/i.exec(header)?.[1];
  if (basic) return [header, Buffer.from(basic, 'base64').toString('utf8')];
  const bearer = /^bearer\s+(\S+)$/i.exec(header)?.[1];
  return bearer ? [header, bearer] : [header];
}

/** Checks what was presented (header values, `user:password` from a body) against the endpoint's secrets. */
export function checkStaticCredentials(
  presented: readonly string[],
  secrets: readonly string[],
  whereToPut: string,
): Verification {
  if (secrets.length === 0) return withoutSecret;
  if (presented.length === 0) {
    return { ok: false, reason: 'credentials_missing', detail: `No credentials. Send ${whereToPut}.` };
  }
  let matched = false;
  for (const one of presented) matched = sameAsAny(one, secrets) || matched;
  if (matched) return { ok: true };
  return {
    ok: false,
    reason: 'credentials_mismatch',
    detail: `The credentials are not this endpoint's. Send ${whereToPut}.`,
  };
}

/** An endpoint that holds no secret lets nobody in. */
export const withoutSecret: Verification = {
  ok: false,
  reason: 'endpoint_without_secret',
  detail: 'This endpoint has no secret yet, so nothing can be verified. An administrator must set one.',
};
