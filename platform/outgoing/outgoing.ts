import { lookup as resolveName } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, request as send, type Dispatcher } from 'undici';
import { isPublicAddress } from '#platform/addresses';
import { PlumblineError } from '#platform/errors';

/** What a name resolves to; replaced in tests by a name server that lies. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface OutgoingDeps {
  /**
   * Origins that an operator has named: addresses of the own network are allowed for them alone, and so is plain http.
   * Never filled from what a tenant enters.
   */
  readonly trustedOrigins?: readonly string[];
  readonly resolve?: Resolve;
}

export interface OutgoingRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  /** Whole request with its answer, ms. */
  readonly timeoutMs?: number;
  /** Bytes of the answer's body that are read; more is refused. */
  readonly maxBytes?: number;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * The only way out to an address that a tenant, a vendor's message or a file has named. The name is resolved once, every
 * address it resolves to must be of the public internet, and the connection goes to that very address: a name that
 * answers differently the second time gains nothing. A redirect is answered as it is, never followed.
 */
export interface Outgoing {
  /**
   * Throws `outgoing.url_refused` (scheme, credentials, port), `outgoing.address_refused` (not public),
   * `outgoing.answer_too_large`; all of them final. `outgoing.away` is worth another try.
   */
  ask(url: URL, request?: OutgoingRequest): Promise<OutgoingAnswer>;
  /** For a form: would this address be asked at all? Throws as `ask`. A name may resolve to something else later. */
  check(url: URL): Promise<void>;
  close(): Promise<void>;
}

const defaults = { timeoutMs: 15_000, maxBytes: 4 * 1024 * 1024 } as const;
const allowedPorts = ['', '443', '8443'];
const connections = { connectTimeoutMs: 5000, keepAliveMs: 4000 } as const;

export function createOutgoing({ trustedOrigins = [], resolve = resolveAll }: OutgoingDeps = {}): Outgoing {
  const strict = agentWith(checkedLookup(resolve));
  const trusted = agentWith(undefined);
  const isTrusted = (url: URL): boolean => trustedOrigins.includes(url.origin);

  async function check(url: URL): Promise<void> {
    if (isTrusted(url)) return;
    requirePlainUrl(url);
    await publicAddresses(resolve, bareHost(url));
  }

  return {
    check,
    ask: async (url, request = {}) => {
      const known = isTrusted(url);
      if (!known) requirePlainUrl(url);
      // A literal address is connected to without a look-up, so it is judged here; a name is judged when it is looked up.
      if (!known && isLiteral(url)) await publicAddresses(resolve, bareHost(url));
      return read(url, request, known ? trusted : strict);
    },
    close: async () => {
      await Promise.all([strict.close(), trusted.close()]);
    },
  };
}

function agentWith(lookup: LookupFunction | undefined): Agent {
  return new Agent({
    connect: { timeout: connections.connectTimeoutMs, ...(lookup && { lookup }) },
    keepAliveTimeout: connections.keepAliveMs,
    maxResponseSize: -1,
  });
}

/** IPv6 without its brackets. */
const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
const isLiteral = (url: URL): boolean => url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname);

function requirePlainUrl(url: URL): void {
  const why =
    url.protocol !== 'https:'
      ? 'only https is asked'
      : url.username !== '' || url.password !== ''
        ? 'it carries a user name or password'
        : allowedPorts.includes(url.port)
          ? null
          : `port ${url.port} is not asked`;
  if (why === null) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'outgoing.url_refused',
    detail: `${url.host} is not asked: ${why}.`,
  });
}

const resolveAll: Resolve = (host) => resolveName(host, { all: true, verbatim: true });

/** All addresses of a host; refuses it when one of them is not public, so that no mixture gets by. */
async function publicAddresses(resolve: Resolve, host: string): ReturnType<Resolve> {
  const found = /^[\d.]+$|:/.test(host)
    ? [{ address: host, family: host.includes(':') ? 6 : 4 }]
    : await resolve(host);
  if (found.length > 0 && found.every(({ address }) => isPublicAddress(address))) return found;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'outgoing.address_refused',
    detail: `${host} does not lead to the public internet, so it is not asked.`,
    internal: found.map(({ address }) => address).join(' '),
  });
}

/** Hands the socket the very addresses that were judged. */
function checkedLookup(resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    publicAddresses(resolve, host).then(
      (found) => {
        const [first] = found;
        if (options.all === true) done(null, [...found]);
        else done(null, first?.address ?? '', first?.family ?? 4);
      },
      (error: unknown) => done(error as NodeJS.ErrnoException, ''),
    );
  };
}

async function read(url: URL, request: OutgoingRequest, dispatcher: Dispatcher): Promise<OutgoingAnswer> {
  const {
    method = 'GET',
    headers = {},
    body,
    timeoutMs = defaults.timeoutMs,
    maxBytes = defaults.maxBytes,
  } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await send(url, {
      dispatcher,
      method,
      headers,
      ...(body !== undefined && { body }),
      signal: request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]),
    });
    return {
      status: answer.statusCode,
      headers: plainHeaders(answer.headers),
      body: await readUpTo(answer.body, maxBytes, url),
    };
  } catch (error) {
    throw toFailure(error, url);
  }
}

async function readUpTo(body: AsyncIterable<Buffer>, maxBytes: number, url: URL): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw tooLarge(url, maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): OutgoingAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function tooLarge(url: URL, maxBytes: number): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'outgoing.answer_too_large',
    detail: `${url.host} answers with more than ${maxBytes} bytes.`,
  });
}

/** A refusal stays one, also where the client library wraps it; anything else is worth another try. */
function toFailure(error: unknown, url: URL): PlumblineError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof PlumblineError) return cause;
  }
  return new PlumblineError({
    kind: 'unavailable',
    code: 'outgoing.away',
    detail: `${url.host} does not answer.`,
    cause: error,
  });
}
