import { vendorContext, type Audit } from '#domain/audit';
import type { Sources } from '#domain/flags';
import { matchEmployees, type People } from '#domain/people';
import type { TenantId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import type { EventLog, Outbox } from '#platform/event-log';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Log } from '#platform/log';
import { createOutgoing, type Outgoing } from '#platform/outgoing';
import type { Postgres } from '#platform/postgres';
import { createLocalRateLimits, type RateLimits } from '#platform/rate-limits';
import { createSilentMeter, type Meter } from '#platform/telemetry';
import { createDoorCounters } from './door/counters.ts';
import { createEndpointDirectory, type EndpointDirectory } from './door/directory.ts';
import { createParsedBodies, type ParsedBodies } from './door/parsed-bodies.ts';
import { createDoorRate } from './door/rate.ts';
import { createReceiver, type Receiver } from './door/receive.ts';
import { createHealthFlusher, listEndpointHealth, sourcesOfHealth } from './endpoints/health.ts';
import { createEndpoints, type Endpoints } from './endpoints/service.ts';
import { loadEndpoints } from './endpoints/store.postgres.ts';
import { createDeadLetters, type DeadLetters } from './fates/dead-letters.ts';
import type { FateStore } from './fates/fates.ts';
import { createFateStore } from './fates/store.postgres.ts';
import { createFetchConsumer } from './pipeline/fetch-consumer.ts';
import {
  createNormaliseConsumer,
  type FindVendorApi,
  type NormaliseConsumer,
  type NormaliseDeps,
} from './pipeline/normalise-consumer.ts';
import { createMeasures, type Measures } from './measures.ts';
import { sources } from './sources.ts';
import { createHttpVendorApi } from './vendor-api/http.ts';

export interface IngestDeps {
  postgres: Postgres;
  log: EventLog;
  outbox: Outbox;
  people: People;
  audit: Audit;
  clock: Clock;
  ids: Ids;
  keys: Keys;
  logger: Log;
  /** Per tenant; config `http.webhookRatePerMinute`. */
  webhookRatePerMinute: number;
  /** Counts requests; left out, this process counts alone. */
  rateLimits?: RateLimits;
  bodyLimitBytes: number;
  /** Clients for thin messages; left out, HTTP with the endpoint's own key. Without a key they wait as dead letters `needs_fetch`. */
  findApi?: FindVendorApi;
  /** The way to vendors' APIs; left out, to the public internet alone. */
  outgoing?: Outgoing;
  /** Left out, nothing is counted. */
  meter?: Meter;
}

/** The ingest floor, wired. The door and the consumers are started apart, as a process may run one of them alone. */
export interface Ingest {
  /** The HTTP door: hand it every request whose path starts with `/webhooks`. */
  readonly door: Receiver;
  readonly directory: EndpointDirectory;
  readonly endpoints: Endpoints;
  readonly deadLetters: DeadLetters;
  /** Where later steps file what they cannot do. */
  readonly fates: FateStore;
  /** Where later steps count what became of their records. */
  readonly measures: Measures;
  /** Health of a tenant's feeds, for the rules. */
  sourcesOf(tenantId: TenantId): Promise<Sources>;
  /** Starts raw.* → compliance.* and the fetching of thin messages. */
  startConsumers(): { normalise: NormaliseConsumer; fetch: NormaliseConsumer; stop(): Promise<void> };
  /** Writes the door's counters now instead of within the second. */
  flushHealth(): Promise<void>;
  /** Stops the counters' timer and writes the rest. The door must not be called any more. */
  close(): Promise<void>;
}

export function createIngest(deps: IngestDeps): Ingest {
  const { postgres, log, clock, ids, logger, audit } = deps;
  const directory = createEndpointDirectory({
    load: () => loadEndpoints(postgres, deps.keys),
    sources,
    clock,
  });
  const counters = createDoorCounters();
  const health = createHealthFlusher({ postgres, counters, logger });
  const rateLimits = deps.rateLimits ?? createLocalRateLimits();
  const rate = createDoorRate({ tenantPerMinute: deps.webhookRatePerMinute, rateLimits });
  const { bodyLimitBytes } = deps;
  const measures = createMeasures(deps.meter ?? createSilentMeter());
  const parsedBodies = createParsedBodies();
  const door = { measures, parsedBodies };
  return {
    door: createReceiver({ ...door, log, directory, rate, counters, clock, ids, logger, bodyLimitBytes }),
    directory,
    endpoints: createEndpoints({ postgres, audit, clock, ids, keys: deps.keys, sources }),
    deadLetters: createDeadLetters({
      postgres,
      log,
      outbox: deps.outbox,
      audit,
      clock,
      requireEmployee: (tx, scope, id) => deps.people.get(scope, id, tx),
      linkReferences: (tx, tenantId, links, context) =>
        deps.people.linkReferences(tx, tenantId, links, context),
    }),
    fates: createFateStore(deps),
    measures,
    sourcesOf: (tenantId) =>
      postgres.asTenant(tenantId, async (tx) => sourcesOfHealth(await listEndpointHealth(tx, sources))),
    startConsumers: () => startConsumers(deps, directory, door),
    flushHealth: () => health.flush(),
    close: () => health.stop(),
  };
}

/** The API of an endpoint by HTTP, null for one without a key or a vendor without an API. */
function httpApis(directory: EndpointDirectory, outgoing: Outgoing): FindVendorApi {
  return async (endpointId) => {
    const endpoint = await directory.find(endpointId);
    return endpoint?.api && endpoint.source.api
      ? createHttpVendorApi(endpoint.source.api, endpoint.api, outgoing)
      : null;
  };
}

function startConsumers(
  deps: IngestDeps,
  directory: EndpointDirectory,
  door: { measures: Measures; parsedBodies: ParsedBodies },
) {
  const { postgres, log, logger, people, keys } = deps;
  const shared: NormaliseDeps = {
    sources,
    directory,
    log,
    logger,
    fates: createFateStore(deps),
    ...door,
    findApi: deps.findApi ?? httpApis(directory, deps.outgoing ?? createOutgoing()),
    matchEmployees: (tenantId, subjects) =>
      postgres.asTenant(tenantId, (tx) => matchEmployees(keys, tx, tenantId, subjects)),
    admitPeople: (tenantId, vendor, newcomers) =>
      postgres.asTenant(tenantId, (tx) => people.admit(tx, tenantId, newcomers, vendorContext(vendor))),
    learnReferences: (tenantId, links) =>
      postgres.asTenant(tenantId, (tx) => people.learnReferences(tx, tenantId, links)),
  };
  const normalise = createNormaliseConsumer(shared);
  const fetch = createFetchConsumer(shared);
  return {
    normalise,
    fetch,
    stop: async () => {
      await Promise.all([normalise.stop(), fetch.stop()]);
    },
  };
}
