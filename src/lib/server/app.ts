import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { tenantCookieName } from '#domain/identity';
import { createDayRollup } from '#warehouse';
import { createApiParts } from './api.ts';
import { createAuthHttp } from './auth-http.ts';
import { createContextFactory } from './context.ts';
import { openEngines, type Engines } from './engines.ts';
import { describeFailure } from './failures.ts';
import { createHealthRoutes } from './health.ts';
import { createTrpcHttp } from './http.ts';
import type { DemoAccount, PageApp } from './page-app.ts';
import { scheduleJobs, startPipeline, type Pipeline } from './pipeline.ts';
import { createApiFactory, type AppRouter } from './router.ts';
import type { SimulatorControl } from './routers/integrations.ts';
import { createServices, type Services, type ServicesInput } from './services.ts';
import { createFlagLatency } from './status/flag-latency.ts';
import { declareGauges } from './status/gauges.ts';
import { observeRequests } from './status/http-observed.ts';
import { createMetricsRoute } from './status/metrics-http.ts';
import { createPlatform } from './status/platform.ts';

export interface AppInput extends ServicesInput {
  onProgress: (step: string) => void;
  /** Runs after the engines are open and before anything is served: the demo makes its companies here. */
  prepare?: (parts: PreparedParts) => Promise<void>;
  demo: { accounts: readonly DemoAccount[]; simulator: SimulatorControl } | null;
}

export type PreparedParts = Pick<Services, 'identity' | 'auth' | 'ingest'> & { engines: Engines };

export interface App {
  /** Answers webhooks, API, sign-in and health; false = a page. */
  http(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Path prefixes that `http` answers, for whoever must try each of them. */
  doors: readonly string[];
  router: AppRouter;
  pages: PageApp;
  /** Waits until all that was appended has had its effect, and past days are rolled up: after a large import. */
  settle(): Promise<void>;
  pipeline: Pipeline;
  services: Services;
  engines: Engines;
}

/** The client's address: behind a trusted proxy the one that the proxy appended last. */
function clientAddress(trustProxy: boolean) {
  return (request: IncomingMessage): string | null => {
    const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
    const last = String(forwarded ?? '')
      .split(',')
      .at(-1)
      ?.trim();
    return last || (request.socket.remoteAddress ?? null);
  };
}

/** One process with every role: door, pipeline, API, live feed. */
export async function createApp(input: AppInput): Promise<App> {
  const { config, clock, log, lifecycle } = input;
  const { telemetry } = input;
  const engines = await openEngines(input);
  const latency = createFlagLatency({ ...telemetry, clock });
  const services = createServices(input, engines, (changes) => {
    latency.committed(changes);
    api.hub.publish(changes);
  });
  const { domain, ingest, auth } = services;
  await input.prepare?.({ engines, ...services });

  const platform = createPlatform({
    ...engines,
    latency,
    clock,
    lags: () => pipeline.lags(),
    sockets: () => api.hub.stats().sockets,
  });
  declareGauges(telemetry.meter, platform, clock);
  const simulator = input.demo?.simulator ?? null;
  const api = createApiParts({ ...input, ...services, engines, platform, simulator });
  auth.onSession((event) => services.identity.recordSession(event));
  auth.onSessionEnded(({ sessionId }) => void api.hub.closeSession(sessionId));

  const pipeline = startPipeline({ ...input, engines, domain, hub: api.hub, ingest, latency });
  const rollup = createDayRollup({ clickhouse: engines.clickhouse, clock, log });
  await scheduleJobs({ engines, ...services, clock, rollup });
  lifecycle.onClose('live feed', () => api.hub.shutdown(200));

  const pages = createPages(input, services, api.router);
  const origins = [config.http.origin] as const;
  const ipOf = clientAddress(config.http.trustProxy);
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<boolean>> = {
    '/webhooks/': (request, response) => ingest.door.handle(request, response),
    '/api/trpc/': createTrpcHttp({ router: api.router, ...pages, origins, ipOf }),
    '/api/auth/': createAuthHttp({ auth, origin: config.http.origin, ipOf }),
    '/health/': createHealthRoutes(engines, pipeline),
    '/metrics': createMetricsRoute(telemetry.meter, config.metrics.token),
  };
  const observed = observeRequests(telemetry);
  return {
    doors: Object.keys(routes),
    router: api.router,
    engines,
    services,
    pipeline,
    pages,
    settle: async () => {
      await pipeline.settled(lifecycle.signal);
      if (!lifecycle.signal.aborted) await rollup.run();
    },
    http: (request, response) =>
      observed(request, response, async () => {
        for (const route of Object.values(routes)) if (await route(request, response)) return true;
        return false;
      }),
    upgrade: (request, socket, head) => api.hub.handleUpgrade(request, socket, head),
  };
}

function createPages(
  { clock, ids, log, demo }: AppInput,
  { sessions, auth }: Services,
  router: Parameters<typeof createApiFactory>[0],
): PageApp {
  const newReference = () => ids.next('delivery').replace(/^[a-z]+_/, 'req_');
  return {
    createContext: createContextFactory({ sessions, newReference }),
    createApi: createApiFactory(router),
    now: () => clock.nowMs(),
    auth: (request, ip) => auth.handler(request, ip),
    tenantCookie: tenantCookieName,
    demo: demo && { accounts: demo.accounts },
    describeFailure,
    onError: (err, place) => log.error({ err, ...place }, 'a request failed'),
  };
}
