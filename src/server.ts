import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { clearUnfinishedDemo, openDemo, type Demo } from '#demo';
import { systemClock } from '#platform/clock';
import { loadConfig, processEnvironment, type Config } from '#platform/config';
import { randomIds } from '#platform/ids';
import { closeOnSignals, createLifecycle } from '#platform/lifecycle';
import { createLog } from '#platform/log';
import { openTelemetry, openTracing } from '#platform/telemetry';
import { createApp } from './lib/server/app.ts';
import { serveMetrics } from './lib/server/status/metrics-http.ts';
import { pageAppKey } from './lib/server/page-app.ts';

const startedMs = systemClock.nowMs();
const say = (line: string) => process.stdout.write(`${line}\n`);
const elapsed = () => `${((systemClock.nowMs() - startedMs) / 1000).toFixed(1).padStart(5)} s`;
const onProgress = (step: string) => say(`${elapsed()}  ${step}`);

const config = loadConfig(processEnvironment());
mkdirSync(config.data.folder, { recursive: true, mode: 0o700 });
const tracing = await openTracing(config.tracing);
const log = createLog({ ...config.log, trace: tracing.current });
const metered = config.metrics.token !== undefined || config.metrics.port !== undefined;
const telemetry = openTelemetry({ log, tracing, metered });
const lifecycle = createLifecycle({ log, clock: systemClock });
closeOnSignals(lifecycle);
lifecycle.onClose('traces', () => tracing.close());

const demo = config.demo.enabled ? openTheDemo(config) : null;
const app = await createApp({
  config,
  clock: systemClock,
  ids: randomIds,
  log,
  lifecycle,
  telemetry,
  onProgress,
  demo,
  ...(demo ? { prepare: demo.prepare } : {}),
});
(globalThis as { [pageAppKey]?: typeof app.pages })[pageAppKey] = app.pages;
process.env['ORIGIN'] ??= config.http.origin;

await serveMetrics({ config: config.metrics, meter: telemetry.meter, log, lifecycle });

if (demo?.isNew()) {
  onProgress('Demo: loading the warehouse');
  await app.settle();
}
onProgress('Loading the pages');
const built = new URL('../build/handler.js', import.meta.url).href;
const { handler: pages } = (await import(built)) as { handler: RequestListener };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!(await app.http(request, response))) pages(request, response);
  } catch (err) {
    log.error({ err }, 'a request failed before it was answered');
    if (!response.headersSent) response.writeHead(500).end();
  }
}

const server = createServer((request, response) => void answer(request, response));
server.on('upgrade', (request, socket, head) => void app.upgrade(request, socket, head));
server.listen(config.http.port, config.http.host, () => {
  lifecycle.onClose('http', () => {
    server.closeIdleConnections();
    server.close();
  });
  onProgress('Ready');
  say(`\n  Plumbline  ${config.http.origin}\n`);
  if (demo) announce(demo);
});

function openTheDemo({ data, http, demo: wanted }: Config): Demo {
  if (clearUnfinishedDemo(data.folder)) onProgress('The first set-up was cut short; starting over');
  return openDemo({
    folder: data.folder,
    origin: http.origin,
    people: wanted.people,
    withHistory: wanted.history,
    clock: systemClock,
    ids: randomIds,
    log,
    signal: lifecycle.signal,
    onProgress,
  });
}

function announce({ accounts, simulator }: Demo): void {
  say(`  Demo sign-ins (password of all: ${accounts[0]?.password ?? ''})\n`);
  for (const { email, note } of accounts) say(`    ${email.padEnd(36)} ${note}`);
  say('\n  Ctrl-C stops; the next start goes on from here.\n');
  if (config.demo.ratePerSecond > 0) void simulator.start(config.demo.ratePerSecond);
}
