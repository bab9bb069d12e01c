import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  createAuth,
  createIdentity,
  createSessions,
  tenantCookieName,
  type Auth,
  type Identity,
} from '#domain/identity';
import { createIngest, type Ingest } from '#ingest';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import type { Ids } from '#platform/ids';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import { createDayRollup } from '#warehouse';
import { createApiParts } from './api.ts';
import { createAuthHttp } from './auth-http.ts';
import { createContextFactory } from './context.ts';
import { createDomain, type Domain } from './domain.ts';
import { openEngines, type Engines } from './engines.ts';
import { describeFailure } from './failures.ts';
import { createHealthRoutes } from './health.ts';
import { createTrpcHttp } from './http.ts';
import type { DemoAccount, PageApp } from './page-app.ts';
import { cachedSources, scheduleJobs, startPipeline, type Pipeline } from './pipeline.ts';
import { createApiFactory } from './router.ts';
import type { SimulatorControl } from './routers/integrations.ts';

export interface AppInput {
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Log;
  lifecycle: Lifecycle;
  onProgress: (step: string) => void;
  /** Runs after the engines are open and before anything is served: the demo makes its companies here. */
  prepare?: (parts: PreparedParts) => Promise<void>;
  demo: { accounts: readonly DemoAccount[]; simulator: SimulatorControl } | null;
}

export interface PreparedParts {
  engines: Engines;
  identity: Identity;
  auth: Auth;
  ingest: Ingest;
}

export interface App {
  /** Answers webhooks, API, sign-in and health; false = a page. */
  http(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  pages: PageApp;
  /** Waits until all that was appended has had its effect, and past days are rolled up: after a large import. */
  settle(): Promise<void>;
  pipeline: Pipeline;
  domain: Domain;
  engines: Engines;
}

/** One process with every role: door, pipeline, API, live feed. */
export async function createApp(input: AppInput): Promise<App> {
  const { config, clock, ids, log, lifecycle } = input;
  const engines = await openEngines(input);
  const { postgres, eventLog } = engines;
  const origins = [config.http.origin] as const;
  const domain: Domain = createDomain({
    postgres,
    clock,
    ids,
    outbox: eventLog.outbox,
    sourcesOf: cachedSources((tenantId) => ingest.sourcesOf(tenantId)),
    onChanges: (changes) => api.hub.publish(changes),
  });
  const ingest = createIngest({
    postgres,
    log: eventLog,
    outbox: eventLog.outbox,
    people: domain.people,
    audit: domain.audit,
    clock,
    ids,
    logger: log,
    webhookRatePerMinute: config.http.webhookRatePerMinute,
    bodyLimitBytes: config.http.bodyLimitBytes,
  });
  const identity = createIdentity({ postgres, clock, ids, audit: domain.audit });
  const auth = createAuth({ postgres, secret: config.auth.secret, origins: [...origins], clock, ids, log });
  const sessions = createSessions({ auth, identity, clock });
  await input.prepare?.({ engines, identity, auth, ingest });

  const simulator = input.demo?.simulator ?? null;
  const api = createApiParts({
    engines,
    domain,
    identity,
    ingest,
    sessions,
    clock,
    log,
    origins,
    secret: config.auth.secret,
    simulator,
  });
  auth.onSession((event) => identity.recordSession(event));
  auth.onSessionEnded(({ sessionId }) => void api.hub.closeSession(sessionId));

  const pipeline = startPipeline({ engines, domain, hub: api.hub, ingest, clock, log, lifecycle });
  const rollup = createDayRollup({ clickhouse: engines.clickhouse, clock, log });
  await scheduleJobs({ engines, domain, clock, log, rollup });
  lifecycle.onClose('live feed', () => api.hub.shutdown(200));

  const newReference = () => ids.next('delivery').replace(/^[a-z]+_/, 'req_');
  const createContext = createContextFactory({ sessions, newReference });
  const ipOf = (request: IncomingMessage) => request.socket.remoteAddress ?? null;
  const onError: PageApp['onError'] = (err, place) => log.error({ err, ...place }, 'a request failed');
  const routes = [
    (request: IncomingMessage, response: ServerResponse) => ingest.door.handle(request, response),
    createTrpcHttp({ router: api.router, createContext, origins, ipOf, onError }),
    createAuthHttp({ auth, origin: config.http.origin, ipOf }),
    createHealthRoutes(engines),
  ];
  return {
    domain,
    engines,
    pipeline,
    settle: async () => {
      await pipeline.settled(lifecycle.signal);
      if (!lifecycle.signal.aborted) await rollup.run();
    },
    http: async (request, response) => {
      for (const route of routes) if (await route(request, response)) return true;
      return false;
    },
    upgrade: (request, socket, head) => api.hub.handleUpgrade(request, socket, head),
    pages: {
      createContext,
      createApi: createApiFactory(api.router),
      now: () => clock.nowMs(),
      auth: (request, ip) => auth.handler(request, ip),
      tenantCookie: tenantCookieName,
      demo: input.demo && { accounts: input.demo.accounts },
      describeFailure,
      onError,
    },
  };
}
