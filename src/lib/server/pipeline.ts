import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { TenantId } from '#contracts/ids';
import { expireOverdue } from '#domain/approvals';
import { systemContext } from '#domain/audit';
import { dropOldTallies } from '#domain/incidents';
import { listPlaceNames, tenantsWithPhaseChanges } from '#domain/people';
import { createRecheckTimer, type SourcesOf } from '#domain/policy-driver';
import {
  createApplyConsumer,
  createWarehouseConsumer,
  watchVendors,
  type Ingest,
  type PlaceNames,
} from '#ingest';
import type { Identity } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { scheduleKey } from '#platform/jobs';
import type { Lease } from '#platform/leases';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { Telemetry } from '#platform/telemetry';
import { createLoader, observeLoader, type DayRollup } from '#warehouse';
import { createApprovalChanges } from './approvals/changes.ts';
import type { Domain } from './domain.ts';
import type { Engines } from './engines.ts';
import { logRetentionMs } from './event-log.ts';
import { groupTopics } from './names.ts';

/** Health of a tenant's feeds by vendor, for staleness; read at most every ten seconds. */
export function cachedSources(read: SourcesOf): SourcesOf {
  const cache = new LRUCache<string, Awaited<ReturnType<SourcesOf>>>({ max: 1000, ttl: 10_000 });
  return async (tenantId) => {
    const known = cache.get(tenantId);
    if (known) return known;
    const fresh = await read(tenantId);
    cache.set(tenantId, fresh);
    return fresh;
  };
}

function createPlaceNames(postgres: Postgres) {
  const cache = new LRUCache<string, PlaceNames>({ max: 1000, ttl: 60_000 });
  return async (tenantId: TenantId): Promise<PlaceNames> => {
    const known = cache.get(tenantId);
    if (known) return known;
    const { divisions, locations, jobRoles } = await postgres.asTenant(tenantId, listPlaceNames);
    const names = new Map([...divisions, ...locations, ...jobRoles].map(({ id, name }) => [id, name]));
    cache.set(tenantId, names);
    return names;
  };
}

export interface PipelineDeps {
  engines: Engines;
  domain: Domain;
  ingest: Ingest;
  clock: Clock;
  log: Log;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
  /** The one that runs the timer, among several processes. */
  recheckLease?: Lease;
}

export interface Pipeline {
  /** Records that each consumer has yet to handle. */
  lags(): Promise<Readonly<Record<string, number>>>;
  /** Resolves when everything that was appended has had its effect, or on abort. */
  settled(signal: AbortSignal): Promise<void>;
}

/** Beside it a batch ends at 8 MB, some 8,000 records; from half a batch on more is waiting. */
const warehouseBatch = 10_000;

/** Starts every consumer and timer of the flow; they stop with the lifecycle, after the door has closed. */
export function startPipeline(deps: PipelineDeps): Pipeline {
  const { engines, domain, clock, log, lifecycle } = deps;
  const { postgres, clickhouse, eventLog } = engines;
  const loader = observeLoader(createLoader({ clickhouse, clock, log }), deps.telemetry);
  const consumers = {
    ingest: deps.ingest.startConsumers(),
    apply: eventLog.consume(
      { group: 'apply', topics: groupTopics.apply, maxBatch: 500 },
      createApplyConsumer({ ...deps.ingest, driver: domain.driver, log }),
    ),
    warehouse: eventLog.consume(
      {
        group: 'warehouse',
        topics: groupTopics.warehouse,
        maxBatch: warehouseBatch,
        onShared: loader.forget,
      },
      createWarehouseConsumer({
        loader,
        placeNames: createPlaceNames(postgres),
        clock,
        fullBatch: warehouseBatch / 2,
      }),
    ),
  };
  const onError = (err: unknown) =>
    log.error({ err }, 'flags could not be decided again; it will be tried again');
  const lease = deps.recheckLease && { lease: deps.recheckLease };
  const timer = createRecheckTimer({ driver: domain.driver, postgres, clock, onError, ...lease });
  lifecycle.onClose('re-check timer', () => timer.stop());
  for (const [name, consumer] of Object.entries(consumers)) {
    lifecycle.onClose(`consumer ${name}`, () => consumer.stop());
  }
  const { ingest, ...others } = consumers;
  const lagging = { normalise: ingest.normalise, fetch: ingest.fetch, ...others };
  return {
    lags: async () => {
      const lags = Object.entries(lagging).map(
        async ([name, consumer]) => [name, await consumer.lag()] as const,
      );
      return Object.fromEntries(await Promise.all(lags));
    },
    settled: async (signal) => {
      for (;;) {
        await eventLog.outbox.drained();
        const lags = await Promise.all(Object.values(lagging).map((consumer) => consumer.lag()));
        if (signal.aborted || lags.every((lag) => lag === 0)) return;
        await sleep(200, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** Work by the clock: the warehouse's day roll-up after midnight UTC, the phases of people that change by date. */
export async function scheduleJobs(
  deps: Pick<PipelineDeps, 'engines' | 'domain' | 'clock' | 'log'> & {
    rollup: DayRollup;
    identity: Identity;
    finishErasures: () => Promise<void>;
  },
): Promise<void> {
  const { jobs, postgres } = deps.engines;
  const { rollup } = deps;
  await jobs.work('warehouse-day-rollup', async () => {
    await rollup.run();
  });
  await jobs.schedule('warehouse-day-rollup', '7 * * * *', 'UTC');
  await jobs.send('warehouse-day-rollup', { owner: 'platform' }, { singletonKey: scheduleKey });
  await jobs.work('people-phase-changes', async () => {
    await takePhaseChanges(postgres, deps.domain, deps.clock);
  });
  await jobs.schedule('people-phase-changes', '*/10 * * * *', 'UTC');
  await jobs.work('approvals-expiry', async () => {
    const { tell } = createApprovalChanges(deps.engines.signals);
    await expireOverdue({ ...deps, ...deps.domain, postgres }, systemContext('approvals'), tell);
  });
  await jobs.schedule('approvals-expiry', '*/5 * * * *', 'UTC');
  await jobs.work('vendor-watch', async () => {
    for (const { id } of await deps.identity.allTenants()) {
      await watchVendors({ postgres, clock: deps.clock, ...deps.domain }, id);
    }
  });
  await jobs.schedule('vendor-watch', '*/5 * * * *', 'UTC');
  await jobs.work('security-watch', async () => {
    await watchAll(deps);
  });
  await jobs.schedule('security-watch', '* * * * *', 'UTC');
  await jobs.work('event-log-retention', async () => {
    await deps.engines.eventLog.trim(deps.clock.nowMs() - logRetentionMs);
    await dropOldTallies(postgres, new Date(deps.clock.nowMs() - talliesKeptMs).toISOString());
  });
  await jobs.schedule('event-log-retention', '23 3 * * *', 'UTC');
  await jobs.work('privacy-erasures', () => deps.finishErasures());
  // An erasure wakes the job by itself; this is for what a crash left.
  await jobs.schedule('privacy-erasures', '11 * * * *', 'UTC');
}

const talliesKeptMs = 30 * 86_400_000;

/** Each company by itself: what fails for one must not blind the watch for the others. */
async function watchAll({ domain, identity, log }: Parameters<typeof scheduleJobs>[0]): Promise<void> {
  for (const { id } of await identity.allTenants()) {
    await domain.incidents
      .watch(id)
      .catch((err: unknown) =>
        log.error({ err, tenantId: id }, 'the security watch failed; it looks again in a minute'),
      );
  }
}

const phaseBatch = 500;

async function takePhaseChanges(postgres: Postgres, domain: Domain, clock: Clock): Promise<void> {
  const tenants = await postgres.asSystem((tx) => tenantsWithPhaseChanges(tx, clock));
  for (const tenantId of tenants) {
    for (;;) {
      const changed = await postgres.asTenant(tenantId, (tx) =>
        domain.people.takePhaseChanges(tx, tenantId, phaseBatch),
      );
      if (changed.length > 0) await domain.driver.recheckPeople(tenantId, changed);
      if (changed.length < phaseBatch) break;
    }
  }
}
