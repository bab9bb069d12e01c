import type { FlagChanged } from '#contracts/live';
import { openEngines, openLogEngines, type Engines } from './engines.ts';
import { createFront, type Front } from './front.ts';
import { createHealthRoutes } from './health.ts';
import type { Pipeline } from './pipeline.ts';
import { sealStored } from './privacy/seal-stored.ts';
import { createCore, createSignIn, type CoreInput, type Services, type ServicesInput } from './services.ts';
import { createFlagLatency } from './status/flag-latency.ts';
import { declareGauges } from './status/gauges.ts';
import { createPlatform } from './status/platform.ts';
import { startWeb, type Web, type WebInput } from './web.ts';
import { startWorker } from './worker.ts';

interface Started {
  /** Told what is going on, for whoever waits for the first start. */
  onProgress: (step: string) => void;
}

export interface AppInput extends ServicesInput, Started {
  /** Runs after the engines are open and before anything is served: the demo makes its companies here. */
  prepare?: (parts: PreparedParts) => Promise<void>;
  demo: WebInput['demo'];
}

export type PreparedParts = Pick<Services, 'keys' | 'identity' | 'auth' | 'ingest'> & { engines: Engines };

/** A process with pages. */
export interface WebApp extends Front, Pick<Web, 'upgrade' | 'closeSockets' | 'pages' | 'router'> {}

export interface App extends WebApp {
  /** Waits until all that was appended has had its effect, and past days are rolled up: after a large import. */
  settle(): Promise<void>;
  pipeline: Pipeline;
  services: Services;
  engines: Engines;
}

/** One process with every role: door, pipeline, API, live feed. */
export async function createApp(input: AppInput): Promise<App> {
  const { clock, lifecycle, telemetry } = input;
  const engines = await openEngines({ ...input, role: 'all' });
  const latency = createFlagLatency({ ...telemetry, clock });
  const core = createCore(input, engines, (changes) => {
    latency.committed(changes);
    web.hub.publish(changes);
  });
  const services: Services = { ...core, ...createSignIn(input, engines, core) };
  for (const { id } of await core.identity.allTenants()) await sealStored(engines.postgres, core.keys, id);
  await input.prepare?.({ engines, ...services });

  const lags = async () => ({ ...(await pipeline.lags()), live: await web.feed.lag() });
  const web = startWeb({ ...input, engines, services, latency });
  const { pipeline, rollup } = await startWorker({ ...input, engines, core });
  declareGauges(telemetry.meter, web.platform, clock);
  const front = createFront(input, {
    '/webhooks/': (request, response) => core.ingest.door.handle(request, response),
    ...web.routes,
    '/health/': createHealthRoutes({ role: 'all', engines, needs: ['postgres'], lags, lifecycle }),
  });
  return {
    ...front,
    ...web,
    engines,
    services,
    pipeline,
    settle: async () => {
      await pipeline.settled(lifecycle.signal);
      if (!lifecycle.signal.aborted) await rollup.run();
    },
  };
}

/** `plumbline web`: pages, API and live sockets. */
export async function createWebApp(input: ServicesInput & Started): Promise<WebApp> {
  const { clock, lifecycle, telemetry } = input;
  const engines = await openEngines({ ...input, role: 'web' });
  const latency = createFlagLatency({ ...telemetry, clock });
  const core = createCore(input, engines, (changes: readonly FlagChanged[]) => {
    latency.committed(changes);
    web.hub.publish(changes);
  });
  const services: Services = { ...core, ...createSignIn(input, engines, core) };
  const lags = async () => ({ live: await web.feed.lag() });
  const web = startWeb({ ...input, engines, services, latency, demo: null });
  declareGauges(telemetry.meter, web.platform, clock);
  const front = createFront(input, {
    ...web.routes,
    '/health/': createHealthRoutes({ role: 'web', engines, needs: ['postgres'], lags, lifecycle }),
  });
  return { ...front, ...web };
}

/** `plumbline ingest`: the webhook door. */
export async function createIngestApp(input: CoreInput & Started): Promise<Front> {
  const engines = await openLogEngines({ ...input, role: 'ingest' });
  const { ingest } = createCore(input, engines, () => {});
  // Known before the first message: an unready door takes none.
  await ingest.directory.refresh();
  return createFront(input, {
    '/webhooks/': (request, response) => ingest.door.handle(request, response),
    '/health/': createHealthRoutes({
      role: 'ingest',
      engines: { postgres: engines.postgres },
      // With the log on Kafka it goes on with the endpoints that it knows.
      needs: input.config.kafka === null ? ['postgres'] : [],
      lags: () => Promise.resolve({}),
      lifecycle: input.lifecycle,
    }),
  });
}

/** `plumbline worker`: consumers, timer, jobs and the outbox relay. */
export async function createWorkerApp(input: CoreInput & Started): Promise<Front> {
  const { clock, lifecycle, telemetry } = input;
  const engines = await openEngines({ ...input, role: 'worker' });
  const latency = createFlagLatency({ ...telemetry, clock });
  const core = createCore(input, engines, (changes) => latency.committed(changes));
  const { pipeline } = await startWorker({ ...input, engines, core });
  const { lags } = pipeline;
  declareGauges(
    telemetry.meter,
    createPlatform({ ...engines, latency, clock, lags, sockets: () => 0 }),
    clock,
  );
  return createFront(input, {
    '/health/': createHealthRoutes({
      role: 'worker',
      engines,
      needs: ['postgres', 'clickhouse'],
      lags,
      lifecycle,
    }),
  });
}
