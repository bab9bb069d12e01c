import type { IncomingMessage, ServerResponse } from 'node:http';
import { traceHeader, type Telemetry } from '#platform/telemetry';
import { pathOf } from '../live/upgrade.ts';

/** Kinds of requests: bounded, unlike addresses. */
const classes = {
  webhook: '/webhooks/',
  api: '/api/trpc/',
  rest: '/api/v1/',
  scim: '/scim/v2/',
  auth: '/api/auth/',
  health: '/health/',
  metrics: '/metrics',
  asset: '/_app/',
} as const;

type RequestClass = keyof typeof classes | 'page';

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
const statuses = ['1xx', '2xx', '3xx', '4xx', '5xx', 'aborted'];

function classOf(path: string): RequestClass {
  for (const [name, prefix] of Object.entries(classes)) {
    if (path.startsWith(prefix)) return name as keyof typeof classes;
  }
  return 'page';
}

/** Counts and times requests by kind. Those that may change something, or ask the API, begin a trace. */
export function observeRequests({ meter, tracing }: Telemetry) {
  const seconds = meter.histogram({
    name: 'plumbline_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer, by kind of request.',
    labels: { class: [...Object.keys(classes), 'page'], method: methods, status: statuses },
    buckets: secondsBuckets,
  });

  function time(request: IncomingMessage, response: ServerResponse, kind: RequestClass): void {
    const startedMs = performance.now();
    response.once('close', () => {
      const status = response.writableFinished ? `${Math.trunc(response.statusCode / 100)}xx` : 'aborted';
      const method = request.method ?? 'GET';
      seconds.record((performance.now() - startedMs) / 1000, { class: kind, method, status });
    });
  }

  return function observed(
    request: IncomingMessage,
    response: ServerResponse,
    handle: () => Promise<boolean>,
  ): Promise<boolean> {
    if (!meter.on && !tracing.on) return handle();
    const kind = classOf(pathOf(request));
    time(request, response, kind);
    if (!tracing.on || (kind !== 'webhook' && kind !== 'api')) return handle();
    const brought = request.headers[traceHeader];
    const fields = { 'http.request.method': request.method ?? 'GET', 'http.route': classes[kind] };
    const name = `${request.method ?? 'GET'} ${classes[kind]}`;
    const work: Parameters<typeof tracing.entry<boolean>>[2] = async (span) => {
      const answered = await handle();
      span.add({ 'http.response.status_code': response.statusCode });
      return answered;
    };
    return tracing.entry(name, fields, work, typeof brought === 'string' ? brought : undefined);
  };
}
