import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { tenantCookieName } from '#domain/identity';
import { createAccessTally } from '#domain/incidents';
import { createApiParts } from './api.ts';
import { createAuthHttp } from './auth-http.ts';
import { createContextFactory } from './context.ts';
import { createDerIqDoor } from './der-iq/door.ts';
import type { Engines } from './engines.ts';
import { describeFailure } from './failures.ts';
import type { Route } from './front.ts';
import { createTrpcHttp } from './http.ts';
import { startLiveFeed, type LiveFeed } from './live-feed.ts';
import type { LiveHub } from './live.ts';
import { readGroupLags } from './names.ts';
import type { DemoAccount, PageApp } from './page-app.ts';
import { createApiFactory, type AppRouter } from './router.ts';
import type { SimulatorControl } from './routers/integrations.ts';
import { closeEndedSessions, type Services, type ServicesInput } from './services.ts';
import type { FlagLatency } from './status/flag-latency.ts';
import { createPlatform, type Platform } from './status/platform.ts';
import { createAccessWatch } from './watching.ts';
import { createProgramDoors, type ProgramDoors } from './programs.ts';

export interface WebInput extends ServicesInput {
  engines: Engines;
  services: Services;
  latency: FlagLatency;
  demo: { accounts: readonly DemoAccount[]; simulator: SimulatorControl } | null;
}

/** Pages, API, signing in and the live sockets. */
export interface Web {
  routes: Readonly<Record<'/api/trpc/' | '/api/auth/' | '/api/der-iq/', Route>> & ProgramDoors;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Sends every viewer elsewhere; further calls get the same promise. */
  closeSockets(): Promise<void>;
  router: AppRouter;
  pages: PageApp;
  hub: LiveHub;
  feed: LiveFeed;
  platform: Platform;
}

/** Between telling viewers to reconnect and closing their sockets, ms. */
const farewellMs = 200;

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

export function startWeb(input: WebInput): Web {
  const { config, clock, log, lifecycle, engines, services, latency } = input;
  const sockets = (): number => api.hub.stats().sockets;
  const lags = async () => ({ ...(await readGroupLags(engines.eventLog)), live: await feed.lag() });
  const platform = createPlatform({ ...engines, latency, clock, lags, sockets });
  const simulator = input.demo?.simulator ?? null;
  const api = createApiParts({ ...input, ...services, engines, platform, simulator });
  const { hub, router } = api;
  closeEndedSessions(engines, services, hub, (err) => log.error({ err }, 'sessions could not be looked at'));
  const feed = startLiveFeed({ eventLog: engines.eventLog, hub, latency, lifecycle });

  let closing: Promise<void> | undefined;
  const closeSockets = (): Promise<void> => (closing ??= hub.shutdown(farewellMs));
  lifecycle.onClose('live feed', closeSockets);

  const pages = createPages(input, router);
  const origins = [config.http.origin] as const;
  const ipOf = clientAddress(config.http.trustProxy);
  return {
    routes: {
      '/api/trpc/': createTrpcHttp({ router, ...pages, origins, ipOf }),
      '/api/der-iq/': createDerIqDoor({ ...api.derIq, ...pages, ipOf }),
      '/api/auth/': createAuthHttp({ auth: services.auth, origin: config.http.origin, ipOf }),
      ...createProgramDoors({ ...input, rest: api.rest, ipOf, onError: pages.onError }),
    },
    upgrade: (request, socket, head) => hub.handleUpgrade(request, socket, head),
    closeSockets,
    router,
    pages,
    hub,
    feed,
    platform,
  };
}

function createPages(input: WebInput, router: AppRouter): PageApp {
  const { clock, ids, log, demo, services } = input;
  const { sessions, auth } = services;
  const watch = createAccessWatch(createAccessTally({ ...input.engines, clock }), input);
  const newReference = () => ids.next('delivery').replace(/^[a-z]+_/, 'req_');
  return {
    createContext: createContextFactory({ sessions, newReference, watch }),
    createApi: createApiFactory(router),
    now: () => clock.nowMs(),
    auth: (request, ip) => auth.handler(request, ip),
    pendingSession: (headers) => sessions.pending(headers),
    tenantCookie: tenantCookieName,
    demo: demo && { accounts: demo.accounts },
    describeFailure,
    onError: (err, place) => log.error({ err, ...place }, 'a request failed'),
  };
}
