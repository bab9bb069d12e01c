import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { PlumblineError } from '#platform/errors';
import type { Failure } from '../failures.ts';

export type Headers = Readonly<Record<string, string>>;

/** An answer before it is written; a string goes out as it is, anything else as JSON. JSON unless headers say another type. */
export interface Answer {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: string | object;
}

export function write(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const { 'content-type': type = 'application/json; charset=utf-8', ...rest } = headers;
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...rest,
    ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
  });
  response.end(text);
}

/** RFC 9457 problem+json. */
export function problemOf({ status, code, message, reference, places, retryAfterS }: Failure): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) }),
    },
    body: {
      type: `https://plumbline.dev/problems/${code}`,
      title: code,
      status,
      detail: message,
      reference,
      ...(places.length === 0 ? {} : { errors: places }),
    },
  };
}

/** The whole body. Throws `api.body_too_large`; the rest of a body that is too large is not read. */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Throws unless the body is said to be one of the media types. */
export function requireType(request: IncomingMessage, types: readonly string[]): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === undefined || !types.includes(type)) throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws `api.body_not_json`. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new PlumblineError({
      kind: 'malformed',
      code: 'api.body_not_json',
      detail: 'The body is not JSON in UTF-8.',
      cause,
    });
  }
}

function tooLarge(limitBytes: number): PlumblineError {
  return new PlumblineError({
    kind: 'too_large',
    code: 'api.body_too_large',
    detail: `The body is larger than ${Math.floor(limitBytes / 1024)} KiB.`,
  });
}
