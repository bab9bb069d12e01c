import type { IncomingMessage, ServerResponse } from 'node:http';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import type { AppRouter } from './router.ts';
import type { CreateContext } from './context.ts';
import { describeFailure, rootCause } from './failures.ts';
import { headersOf, pathOf } from './live/upgrade.ts';

const trpcPrefix = '/api/trpc/';
const maxBodyBytes = 1_048_576;

export interface HttpDeps {
  readonly router: AppRouter;
  readonly createContext: CreateContext;
  /** Origins of our own pages: a change asked for by any other page is refused. */
  readonly origins: readonly string[];
  /** Address of the caller; behind a proxy only the deployment knows which header to trust. */
  readonly ipOf: (request: IncomingMessage) => string | null;
  /** For the log: failures that are not the caller's. */
  readonly onError: (error: unknown, place: { readonly path: string; readonly reference: string }) => void;
}

/** Answers `/api/trpc/*` on a plain `node:http` server. @returns false when the request is not for it. */
export function createTrpcHttp(deps: HttpDeps) {
  return async function handleHttp(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (!path.startsWith(trpcPrefix)) return false;
    if (!isOwnPage(request, deps.origins)) return refuseForeign(response);
    response.setHeader('cache-control', 'no-store');
    await nodeHTTPRequestHandler({
      router: deps.router,
      req: request,
      res: response,
      path: path.slice(trpcPrefix.length),
      maxBodySize: maxBodyBytes,
      createContext: () =>
        deps.createContext({ headers: headersOf(request), ip: deps.ipOf(request), origin: 'http' }),
      onError: ({ error, path: procedure, ctx }) => {
        const reference = ctx?.reference ?? 'none';
        if (describeFailure(error, reference).status < 500) return;
        deps.onError(rootCause(error), { path: procedure ?? path, reference });
      },
    });
    return true;
  };
}

/** Reading needs no Origin (browsers leave it out); a change must come from our own pages. */
function isOwnPage(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return origins.includes(origin);
  const site = request.headers['sec-fetch-site'];
  return request.method === 'GET' || site === 'same-origin';
}

export function refuseForeign(response: ServerResponse): true {
  response.writeHead(403, { 'content-type': 'application/problem+json' });
  response.end(
    JSON.stringify({
      title: 'request.foreign_origin',
      status: 403,
      detail: 'This request came from another site. Open Plumbline itself and try again.',
    }),
  );
  return true;
}
