import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlumblineError, toProblem } from '#platform/errors';
import type { Lifecycle } from './index.ts';

export interface HttpFrontOptions {
  readonly host: string;
  readonly port: number;
  readonly lifecycle: Lifecycle;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends what was upgraded, while the last requests finish. */
  readonly closeUpgraded?: () => Promise<void>;
  /** How long requests under way may take at the end, ms; 10 s when absent. */
  readonly lastRequestsMs?: number;
}

export interface HttpFront {
  readonly port: number;
}

/** Seconds after which another process will have taken over. */
const retryAfterS = 2;

/**
 * Listens, and ends well. Once the lifecycle is ending, answers close their connection, so that clients come back
 * elsewhere; when it closes, no connection is accepted, requests on open ones are answered 503 with `Retry-After`, and
 * those under way finish. Rejects when the port cannot be had.
 */
export async function serveHttp(options: HttpFrontOptions): Promise<HttpFront> {
  const { lifecycle } = options;
  const underWay = new Set<ServerResponse>();
  let closing = false;

  const server = createServer((request, response) => {
    if (lifecycle.ending()) response.setHeader('connection', 'close');
    if (closing) return refuse(response);
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    options.handle(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (options.upgrade && !closing) options.upgrade(request, socket, head);
    else socket.destroy();
  });
  await listen(server, options);

  async function lastRequests(): Promise<void> {
    const deadline = performance.now() + (options.lastRequestsMs ?? 10_000);
    while (underWay.size > 0 && performance.now() < deadline) {
      server.closeIdleConnections();
      await sleep(10);
    }
  }

  lifecycle.onClose('http', async () => {
    closing = true;
    server.close();
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    await Promise.all([lastRequests(), options.closeUpgraded?.()]);
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port };
}

async function listen(server: Server, { host, port }: HttpFrontOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function refuse(response: ServerResponse): void {
  const error = new PlumblineError({
    kind: 'unavailable',
    code: 'process.ending',
    detail: 'This process is ending and takes no new requests. Send it again: another one answers.',
    retryAfterS,
  });
  response.writeHead(503, {
    'content-type': 'application/problem+json',
    'retry-after': String(retryAfterS),
  });
  response.end(JSON.stringify(toProblem(error, 'none')));
}
