import type { IncomingMessage } from 'node:http';
import type { ApiAccess, Caller } from '#domain/api-access';
import { PlumblineError } from '#platform/errors';
import type { Quota, RateLimits } from '#platform/rate-limits';
import type { Headers } from './answer.ts';

export interface GuardDeps {
  readonly access: Pick<ApiAccess, 'authenticate'>;
  readonly rateLimits: RateLimits;
  /** Requests a minute of all programs of one company. */
  readonly ratePerMinute: number;
}

/** Who is let in, and what is told of the limits with every answer. */
export interface Admitted {
  readonly caller: Caller;
  readonly limits: Headers;
}

/** A request that is refused before it is looked at, with the headers of the limit it met. */
export class Refused extends Error {
  readonly headers: Headers;
  override readonly cause: PlumblineError;
  constructor(cause: PlumblineError, headers: Headers) {
    super(cause.message);
    this.cause = cause;
    this.headers = headers;
  }
}

const windowS = 60;
/** Refused credentials from one address in a minute; then they are told to wait, which shows in nobody's way but theirs. */
const mostRefused = 60;

/** Lets programs in by bearer credential, within their company's and their own limit. One for all doors. */
export function createGuard({ access, rateLimits, ratePerMinute }: GuardDeps) {
  const refusals = rateLimits.counter('api-refused', { points: mostRefused, windowS });
  const ofTenant = rateLimits.quota('api', { windowS });
  const ofClient = rateLimits.quota('api-client', { windowS });

  return async function admit(request: IncomingMessage, ip: string | null): Promise<Admitted> {
    const bearer = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const caller = bearer === undefined ? null : await access.authenticate(bearer, ip);
    if (caller === null) {
      // Who brings nothing guesses nothing; who brings a good key is not held up by a neighbour's bad one.
      const place = ip ?? '-';
      const waitS = bearer === undefined ? null : await refusals.waitS(place);
      if (waitS !== null) throw new Refused(tooManyRefused(waitS), {});
      if (bearer !== undefined) await refusals.count(place);
      throw new Refused(unknownCaller(bearer !== undefined), challenge(bearer !== undefined));
    }
    const { client } = caller;
    const counted = [await take(ofTenant, 'company', client.tenantId, ratePerMinute)];
    if (client.ratePerMinute !== null)
      counted.push(await take(ofClient, 'key', client.id, client.ratePerMinute));
    const limits = limitHeaders(counted);
    const spent = counted.filter(({ allowed }) => !allowed);
    if (spent.length > 0)
      throw new Refused(overLimit(Math.max(...spent.map(({ resetS }) => resetS))), limits);
    return { caller, limits };
  };
}

export type Admit = ReturnType<typeof createGuard>;

interface Counted {
  readonly name: string;
  readonly limit: number;
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetS: number;
}

async function take(quota: Quota, name: string, key: string, limit: number): Promise<Counted> {
  return { name, limit, ...(await quota.take(key, limit)) };
}

/** draft-ietf-httpapi-ratelimit-headers-10. */
function limitHeaders(counted: readonly Counted[]): Headers {
  return {
    'ratelimit-policy': counted.map(({ name, limit }) => `"${name}";q=${limit};w=${windowS}`).join(', '),
    ratelimit: counted
      .map(({ name, remaining, resetS }) => `"${name}";r=${remaining};t=${resetS}`)
      .join(', '),
  };
}

/** RFC 6750 section 3: nothing is said of an error where nothing was brought. */
function challenge(brought: boolean): Headers {
  return { 'www-authenticate': `Bearer realm="plumbline"${brought ? ', error="invalid_token"' : ''}` };
}

function unknownCaller(brought: boolean): PlumblineError {
  return new PlumblineError({
    kind: 'unauthenticated',
    code: 'api.credential_invalid',
    detail: brought
      ? 'The key or token is unknown, has ended or was revoked.'
      : 'Send a key or an access token: Authorization: Bearer …',
  });
}

function overLimit(retryAfterS: number): PlumblineError {
  return new PlumblineError({
    kind: 'limited',
    code: 'api.rate_limited',
    detail: `The limit of requests a minute is used up. Try again in ${retryAfterS} s.`,
    retryAfterS,
  });
}

function tooManyRefused(retryAfterS: number): PlumblineError {
  return new PlumblineError({
    kind: 'limited',
    code: 'api.too_many_refused',
    detail: 'Too many requests with credentials that are not valid came from this address.',
    retryAfterS,
  });
}
