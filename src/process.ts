import { mkdirSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { systemClock } from '#platform/clock';
import type { Config, EngineConfig } from '#platform/config';
import { randomIds } from '#platform/ids';
import { closeOnSignals, createLifecycle, serveHttp } from '#platform/lifecycle';
import { createLog } from '#platform/log';
import { openTelemetry, openTracing } from '#platform/telemetry';
import type { WebApp } from './lib/server/app.ts';
import type { Front } from './lib/server/front.ts';
import { pageAppKey } from './lib/server/page-app.ts';
import { serveMetrics } from './lib/server/status/metrics-http.ts';

const startedMs = systemClock.nowMs();

/** One line on standard output. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One line with the seconds since the start. */
export function onProgress(step: string): void {
  const seconds = ((systemClock.nowMs() - startedMs) / 1000).toFixed(1);
  say(`${seconds.padStart(5)} s  ${step}`);
}

/** What every role is given: log, telemetry, and a lifecycle that ends on SIGTERM and SIGINT. */
export async function openProcess<C extends EngineConfig>(config: C, { noticeMs }: { noticeMs: number }) {
  mkdirSync(config.data.folder, { recursive: true, mode: 0o700 });
  const tracing = await openTracing(config.tracing);
  const log = createLog({ ...config.log, trace: tracing.current });
  const metered = config.metrics.token !== undefined || config.metrics.port !== undefined;
  const telemetry = openTelemetry({ log, tracing, metered });
  const lifecycle = createLifecycle({
    log,
    clock: systemClock,
    timeLimitMs: config.shutdown.limitMs,
    noticeMs: config.shutdown.noticeMs ?? noticeMs,
  });
  closeOnSignals(lifecycle);
  lifecycle.onClose('traces', () => tracing.close());
  return { config, log, telemetry, lifecycle, clock: systemClock, ids: randomIds, onProgress };
}

type Process = Awaited<ReturnType<typeof openProcess<EngineConfig>>>;

/** SvelteKit's pages, which find the application by its key. */
async function loadPages(pages: WebApp['pages'], config: Config): Promise<RequestListener> {
  (globalThis as { [pageAppKey]?: WebApp['pages'] })[pageAppKey] = pages;
  process.env['ORIGIN'] ??= config.http.origin;
  onProgress('Loading the pages');
  const built = new URL('../build/handler.js', import.meta.url).href;
  return ((await import(built)) as { handler: RequestListener }).handler;
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'request.not_found', status: 404, detail: 'There is no such path.' }));
}

/** Listens for whatever the front answers; the rest is not found. */
export function serveFront(own: Process, front: Front): Promise<void> {
  return serve(own, front, notFound);
}

/** As `serveFront`, with pages and sockets. */
export async function serveWeb(own: Process & { config: Config }, app: WebApp): Promise<void> {
  await serve(own, app, await loadPages(app.pages, own.config), app);
}

async function serve(
  { config, log, lifecycle, telemetry }: Process,
  front: Front,
  otherwise: RequestListener,
  sockets?: Pick<WebApp, 'upgrade' | 'closeSockets'>,
): Promise<void> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!(await front.http(request, response))) otherwise(request, response);
    } catch (err) {
      log.error({ err }, 'a request failed before it was answered');
      if (!response.headersSent) response.writeHead(500).end();
    }
  }
  await serveMetrics({ config: config.metrics, meter: telemetry.meter, log, lifecycle });
  await serveHttp({
    ...config.http,
    lifecycle,
    handle: (request, response) => void answer(request, response),
    ...(sockets && {
      upgrade: (request, socket, head) => void sockets.upgrade(request, socket, head),
      closeUpgraded: () => sockets.closeSockets(),
    }),
  });
  onProgress('Ready');
}
