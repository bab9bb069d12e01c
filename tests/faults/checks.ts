import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import { createServerClickHouse, type ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { loadEngineConfig } from '#platform/config';
import type { EventLog } from '#platform/event-log';
import { randomIds } from '#platform/ids';
import type { Keys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import { createDomain } from '../../src/lib/server/domain.ts';
import { openEventLog } from '../../src/lib/server/event-log.ts';
import { openKeys } from '../../src/lib/server/keys.ts';
import { masterKeys, type Cluster } from './cluster.ts';

/** The cluster's engines, opened past the ways that get cut. */
export interface CheckEngines {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly log: EventLog;
  readonly keys: Keys;
  close(): Promise<void>;
}

export async function openCheckEngines({ direct }: Pick<Cluster, 'direct'>): Promise<CheckEngines> {
  const silent = createSilentLog();
  const postgres = createServerPostgres({ url: direct.databaseUrl, log: silent, maxConnections: 3 });
  const clickhouse = await createServerClickHouse({ url: direct.clickhouseUrl });
  const env = {
    DATABASE_URL: direct.databaseUrl,
    CLICKHOUSE_URL: direct.clickhouseUrl,
    KAFKA_BROKERS: direct.brokers,
    MASTER_KEYS: masterKeys,
  };
  const config = loadEngineConfig(env, 'tool');
  const log = await openEventLog({ config, clock: systemClock, log: silent, postgres, relay: false });
  return {
    postgres,
    clickhouse,
    log,
    keys: openKeys(config, { log: silent, clock: systemClock, ids: randomIds }),
    close: async () => {
      await log.close();
      await clickhouse.close();
      await postgres.close();
    },
  };
}

/** Waits until no consumer has anything before it, seen three times in a row. Throws with the lags when it takes too long. */
export async function untilQuiet(cluster: Cluster, timeoutMs: number): Promise<number> {
  const startMs = performance.now();
  let quiet = 0;
  let last: unknown = 'no answer';
  while (quiet < 3) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > timeoutMs) throw new Error(`the consumers did not catch up: ${JSON.stringify(last)}`);
    const lags = await Promise.all(cluster.of('worker').map(({ origin }) => lagsOf(origin)));
    last = lags;
    quiet = lags.every((one) => one !== null && Object.values(one).every((lag) => lag === 0)) ? quiet + 1 : 0;
    await sleep(300);
  }
  return performance.now() - startMs;
}

async function lagsOf(origin: string): Promise<Record<string, number> | null> {
  try {
    const response = await fetch(`${origin}/health/pipeline`, { signal: AbortSignal.timeout(5000) });
    return ((await response.json()) as { lags: Record<string, number> }).lags;
  } catch {
    return null;
  }
}

/**
 * Decides every flag again from the records, and writes it. @returns how many came out in another colour. The first time,
 * before any traffic, those are people of whom nothing was decided yet; at the end, each was shown wrong.
 */
export async function decideAgain(
  { postgres, keys }: Pick<CheckEngines, 'postgres' | 'keys'>,
  { state }: Pick<Cluster, 'state'>,
): Promise<number> {
  const domain = createDomain({
    postgres,
    clock: systemClock,
    ids: randomIds,
    keys,
    outbox: { add: () => Promise.resolve() },
    sourcesOf: () => Promise.resolve({}),
    onChanges: () => {},
  });
  const people = await postgres.asTenant(state.tenantId, async (tx) => {
    const { rows } = await sql<{ id: EmployeeId }>`select id from employees`.execute(tx);
    return rows.map(({ id }) => id);
  });
  let wrong = 0;
  for (let at = 0; at < people.length; at += 200) {
    const changes = await domain.driver.recheckPeople(state.tenantId, people.slice(at, at + 200));
    wrong += changes.filter(({ from, to }) => from.flag !== to.flag || from.hold !== to.hold).length;
  }
  return wrong;
}
