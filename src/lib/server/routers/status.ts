import {
  platformStatusSchema,
  statusSchema,
  type EngineState,
  type PlatformStatus,
  type Status,
} from '#contracts/screens/status';
import { canOperate, type Scope } from '#domain/identity';
import type { DeadLetters } from '#ingest';
import type { Clock } from '#platform/clock';
import type { Metrics } from '#warehouse';
import { cardOf, type EndpointState } from '../integrations/card.ts';
import type { FlagLatency } from '../status/flag-latency.ts';
import { operationsProcedure, router, scopedProcedure } from '../trpc.ts';

export interface StatusRouterDeps {
  readonly clock: Clock;
  readonly latency: Pick<FlagLatency, 'ofTenant' | 'measuredSince'>;
  readonly checkEngines: () => Promise<EngineState[]>;
  readonly lags: () => Promise<Readonly<Record<string, number>>>;
  readonly listEndpoints: (scope: Scope) => Promise<readonly EndpointState[]>;
  readonly deadLetters: Pick<DeadLetters, 'counts'>;
  readonly metrics: Pick<Metrics, 'vendorRates'>;
  readonly platform: () => Promise<PlatformStatus>;
}

/** A backlog of so many records takes a second or two: below it nobody waits. */
const noticeableLag = 1000;
const day = { hours: 24, bucketMinutes: 60 };

export function createStatusRouter(deps: StatusRouterDeps) {
  return router({
    /** How the service stands for the company that is looked at. */
    read: scopedProcedure('administration', 'view')
      .output(statusSchema)
      .query(({ ctx: { scope } }) => readStatus(deps, scope)),
    /** The whole platform, without the name or number of any company. */
    platform: operationsProcedure.output(platformStatusSchema).query(() => deps.platform()),
  });
}

/** The screen must stand when an engine does not: what cannot be read is said to be unknown. */
async function orElse<T, E>(reading: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await reading;
  } catch {
    return otherwise;
  }
}

async function readStatus(deps: StatusRouterDeps, scope: Scope): Promise<Status> {
  const [engines, lags, endpoints, letters, rates] = await Promise.all([
    deps.checkEngines(),
    orElse(deps.lags(), null),
    deps.listEndpoints(scope),
    deps.deadLetters.counts(scope),
    orElse(deps.metrics.vendorRates(scope, day), null),
  ]);
  const nowMs = deps.clock.nowMs();
  const openOf = (vendor: string) =>
    letters.filter((one) => one.vendor === vendor).reduce((sum, one) => sum + one.open, 0);
  return {
    at: deps.clock.now(),
    measuredSince: deps.latency.measuredSince,
    latencies: deps.latency.ofTenant(scope.tenantId),
    engines,
    keepingUp: lags && Object.values(lags).every((lag) => lag < noticeableLag),
    openDeadLetters: letters.reduce((sum, one) => sum + one.open, 0),
    vendors: endpoints.map((endpoint) => vendorOf(endpoint, openOf(endpoint.vendor), nowMs)),
    warehouse: {
      answered: rates !== null,
      newestReceivedAt: newestOf((rates ?? []).map((rate) => rate.lastReceivedAt)),
    },
    mayOperate: canOperate(scope),
  };
}

function newestOf(instants: readonly string[]): string | null {
  const newestMs = Math.max(...instants.map((at) => Date.parse(at)).filter((ms) => !Number.isNaN(ms)));
  return Number.isFinite(newestMs) ? new Date(newestMs).toISOString() : null;
}

function vendorOf(
  endpoint: EndpointState,
  openDeadLetters: number,
  nowMs: number,
): Status['vendors'][number] {
  const card = cardOf({ endpoint, counts: [], deadLetters: openDeadLetters, nowMs, bucketMs: 1 });
  const { endpointId, name, vendor, state, lastMessageAt, silenceLimitMs } = card;
  return { endpointId, name, vendor, state, lastMessageAt, silenceLimitMs, openDeadLetters };
}
