import type { Telemetry } from '#platform/telemetry';
import type { Postgres } from './index.ts';

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Postgres, watched: transactions are timed and appear in traces; the pool's use is read when asked for. */
export function observePostgres(postgres: Postgres, { meter, tracing }: Telemetry): Postgres {
  const seconds = meter.histogram({
    name: 'plumbline_postgres_transaction_seconds',
    help: 'Time of a transaction, with the wait for a connection.',
    labels: { role: ['tenant', 'system'], outcome: ['committed', 'failed'] },
    buckets: secondsBuckets,
  });
  const { pool } = postgres;
  meter.gauge({
    name: 'plumbline_postgres_pool_connections',
    help: 'Connections of the pool, and callers that wait for one.',
    labels: { state: ['busy', 'idle', 'waiting'] },
    read: () => [
      { value: pool.totalCount - pool.idleCount, labels: { state: 'busy' } },
      { value: pool.idleCount, labels: { state: 'idle' } },
      { value: pool.waitingCount, labels: { state: 'waiting' } },
    ],
  });

  function watched<T>(role: 'tenant' | 'system', run: () => Promise<T>): Promise<T> {
    return tracing.within('postgres transaction', { 'db.system.name': 'postgresql', role }, async () => {
      const startedMs = performance.now();
      let outcome = 'failed';
      try {
        const result = await run();
        outcome = 'committed';
        return result;
      } finally {
        seconds.record((performance.now() - startedMs) / 1000, { role, outcome });
      }
    });
  }

  return {
    ...postgres,
    asTenant: (tenantId, work) => watched('tenant', () => postgres.asTenant(tenantId, work)),
    asViewer: (scope, work) => watched('tenant', () => postgres.asViewer(scope, work)),
    asSystem: (work) => watched('system', () => postgres.asSystem(work)),
  };
}
