import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Config } from '#platform/config';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import type { Meter } from '#platform/telemetry';
import { pathOf } from '../live/upgrade.ts';

const metricsPath = '/metrics';

async function answer(response: ServerResponse, meter: Meter): Promise<void> {
  const { contentType, text } = await meter.expose();
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(text);
}

/** Of one length, so that comparing tells nothing of the token. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * `GET /metrics` beside everything else, for whoever brings the token. Without a token in the configuration the path
 * does not exist here. @returns false when the request is not for it.
 */
export function createMetricsRoute(meter: Meter, token: string | undefined) {
  const wanted = token === undefined ? null : digest(`Bearer ${token}`);
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (wanted === null || pathOf(request) !== metricsPath) return false;
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) await answer(response, meter);
    else response.writeHead(401, { 'www-authenticate': 'Bearer realm="metrics"' }).end();
    return true;
  };
}

/** The same on a port of its own, without a token: the network decides who reaches it. Resolves with the port. */
export async function serveMetrics(deps: {
  config: Config['metrics'];
  meter: Meter;
  log: Log;
  lifecycle: Lifecycle;
}): Promise<number | null> {
  const { config, meter, log, lifecycle } = deps;
  if (config.port === undefined) return null;
  const server = createServer((request, response) => {
    if (pathOf(request) !== metricsPath) return void response.writeHead(404).end();
    answer(response, meter).catch((err: unknown) => {
      log.error({ err }, 'the metrics could not be given');
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  lifecycle.onClose('metrics', () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : null;
}
