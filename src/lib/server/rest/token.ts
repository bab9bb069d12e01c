import type { IncomingMessage } from 'node:http';
import type { ApiAccess } from '#domain/api-access';
import { PlumblineError } from '#platform/errors';
import type { RateLimits } from '#platform/rate-limits';
import { readBytes, type Answer } from '../door/answer.ts';

export interface TokenDeps {
  readonly access: Pick<ApiAccess, 'issueToken'>;
  readonly rateLimits: RateLimits;
}

const bodyLimitBytes = 8192;
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };
const windowS = 60;
const mostRefused = 30;

/** RFC 6749 section 4.4: an OAuth client buys an access token with its secret. Errors are those of its section 5.2. */
export function createTokenEndpoint({ access, rateLimits }: TokenDeps) {
  const refusals = rateLimits.counter('api-token-refused', { points: mostRefused, windowS });

  return async function token(request: IncomingMessage, ip: string | null): Promise<Answer> {
    const place = ip ?? '-';
    const waitS = await refusals.waitS(place);
    if (waitS !== null)
      return { ...refused(429, 'slow_down'), headers: { ...noStore, 'retry-after': String(waitS) } };
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/x-www-form-urlencoded') return refused(400, 'invalid_request');
    const form = new URLSearchParams((await readBytes(request, bodyLimitBytes)).toString());
    const names = [...form.keys()];
    if (new Set(names).size !== names.length) return refused(400, 'invalid_request');
    if (!form.has('grant_type')) return refused(400, 'invalid_request');
    if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type');
    const credentials = credentialsOf(request.headers.authorization, form);
    if (credentials === null) return refused(400, 'invalid_request');
    const wanted = form.get('scope')?.split(' ').filter(Boolean) ?? [];
    const issued = await issue(access, credentials, wanted.length === 0 ? null : wanted, ip);
    if (issued === 'invalid_scope') return refused(400, 'invalid_scope');
    if (issued === null) {
      await refusals.count(place);
      return invalidClient();
    }
    const { token: accessToken, expiresInS, scopes } = issued;
    const body = { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInS };
    return { status: 200, headers: noStore, body: { ...body, scope: scopes.join(' ') } };
  };
}

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

async function issue(
  access: TokenDeps['access'],
  { id, secret }: Credentials,
  wanted: readonly string[] | null,
  ip: string | null,
) {
  try {
    return await access.issueToken(id, secret, wanted, ip);
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'api.scope_not_granted') return 'invalid_scope';
    throw error;
  }
}

/** By HTTP Basic or in the body, not by both (RFC 6749 section 2.3). */
function credentialsOf(authorization: string | undefined, form: URLSearchParams): Credentials | null {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === undefined) return id === null || secret === null ? null : { id, secret };
  if (secret !== null) return null;
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const [user, ...rest] = Buffer.from(basic, 'base64').toString().split(':');
  return { id: formDecoded(user ?? ''), secret: formDecoded(rest.join(':')) };
}

/** Section 2.3.1: both parts are form-encoded before they are put together. */
const formDecoded = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? '';

function refused(status: number, error: string): Answer {
  return { status, headers: noStore, body: { error } };
}

function invalidClient(): Answer {
  const headers = { ...noStore, 'www-authenticate': 'Basic realm="plumbline"' };
  return { status: 401, headers, body: { error: 'invalid_client' } };
}
