import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Auth } from '#domain/identity';
import { headersOf, pathOf } from './live/upgrade.ts';

export const authPrefix = '/api/auth/';

export interface AuthHttpDeps {
  readonly auth: Pick<Auth, 'handler'>;
  /** Own origin: what the library takes for the request's address. */
  readonly origin: string;
  readonly ipOf: (request: IncomingMessage) => string | null;
}

/** Answers `/api/auth/*` on a plain `node:http` server. @returns false when the request is not for it. */
export function createAuthHttp({ auth, origin, ipOf }: AuthHttpDeps) {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (!pathOf(request).startsWith(authPrefix)) return false;
    const method = request.method ?? 'GET';
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const asked = new Request(new URL(request.url ?? '/', origin), {
      method,
      headers: headersOf(request),
      ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' } : {}),
    });
    const answer = await auth.handler(asked, ipOf(request));
    response.statusCode = answer.status;
    for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    response.end(Buffer.from(await answer.arrayBuffer()));
    return true;
  };
}
