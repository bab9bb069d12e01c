import type { IncomingMessage } from 'node:http';
import type { Answer } from '../door/answer.ts';
import { docsPage, docsStyle } from './docs.ts';
import { openApiDocument } from './openapi.ts';
import { createTokenEndpoint, type TokenDeps } from './token.ts';

/** What the API answers to anybody: its document, its page, and tokens for who brings a secret. */
export function createOpenPaths({ origin, ...deps }: TokenDeps & { origin: string }) {
  const document = openApiDocument(origin);
  const page = docsPage(document);
  const token = createTokenEndpoint(deps);
  const reads: Readonly<Record<string, Answer>> = {
    '': { status: 302, headers: { location: '/api/v1/docs' } },
    '/docs': page,
    '/docs.css': docsStyle(),
    '/openapi.json': { status: 200, headers: { 'cache-control': 'public, max-age=300' }, body: document },
  };
  return async function answer(
    request: IncomingMessage,
    path: string,
    ip: string | null,
  ): Promise<Answer | null> {
    if (request.method === 'POST' && path === '/oauth/token') return token(request, ip);
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    return Object.hasOwn(reads, path) ? (reads[path] ?? null) : null;
  };
}
