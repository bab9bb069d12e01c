import path from 'node:path';
import { createEmbeddedClickHouse, createServerClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { EngineConfig, ProcessRole } from '#platform/config';
import { observeEventLog, type EventLogWithOutbox } from '#platform/event-log';
import { createJobs, observeJobs, type Jobs } from '#platform/jobs';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import { observePostgres, openPostgres, openSignals, type Postgres, type Signals } from '#platform/postgres';
import { createRateLimits, type RateLimits } from '#platform/rate-limits';
import type { Telemetry } from '#platform/telemetry';
import { guardAccess, migrateWarehouse, requireWarehouseMigrated } from '#warehouse';
import { migrate, requireMigrated } from '../../../migrations/run.ts';
import { openEventLog } from './event-log.ts';
import { consumerGroups, jobNames } from './names.ts';

/** What every role needs. */
export interface LogEngines {
  postgres: Postgres;
  eventLog: EventLogWithOutbox;
  signals: Signals;
  rateLimits: RateLimits;
}

/** The engines of a process with pages or a pipeline. */
export interface Engines extends LogEngines {
  clickhouse: ClickHouse;
  jobs: Jobs;
}

export interface EnginesInput {
  config: EngineConfig;
  /** `all` migrates what it opens; the others refuse to start on anything but what their code knows. */
  role: Exclude<ProcessRole, 'tool'>;
  clock: Clock;
  log: Log;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
  /** Told what is going on, for whoever waits for the first start. */
  onProgress: (step: string) => void;
}

/** Opens ClickHouse as it is configured. The caller closes it. */
export function openClickHouse({ config, log }: Pick<EnginesInput, 'config' | 'log'>): Promise<ClickHouse> {
  const { url, username, password, database, cluster } = config.clickhouse;
  if (url === undefined) {
    const dir = path.join(config.data.folder, 'clickhouse');
    return createEmbeddedClickHouse({ dir, log, database, access: guardAccess(database) });
  }
  const withUser = new URL(url);
  withUser.username = encodeURIComponent(username);
  withUser.password = encodeURIComponent(password);
  return createServerClickHouse({ url: withUser.href, database, ...(cluster !== undefined && { cluster }) });
}

/** The part that the webhook door needs: Postgres and the event log. Each engine closes with the lifecycle. */
export async function openLogEngines(input: EnginesInput): Promise<LogEngines> {
  const { config, role, clock, log, lifecycle, telemetry, onProgress } = input;
  onProgress(config.postgres.url === undefined ? 'Opening Postgres (embedded)' : 'Connecting to Postgres');
  const postgres = observePostgres(await openPostgres(config, { log, clock }), telemetry);
  lifecycle.onClose('postgres', () => postgres.close());
  if (role === 'all') {
    onProgress('Migrating the database');
    await migrate(postgres);
  } else await requireMigrated(postgres);
  const signals = await openSignals({ postgres, log });
  lifecycle.onClose('signals', () => signals.close());
  const relay = role === 'all' || role === 'worker';
  const eventLog = observeEventLog(await openEventLog({ config, clock, log, postgres, signals, relay }), {
    ...telemetry,
    groups: consumerGroups,
  });
  lifecycle.onClose('event log', () => eventLog.close());
  return { postgres, eventLog, signals, rateLimits: createRateLimits(postgres) };
}

/** Opens all engines; each closes with the lifecycle, the last opened first. */
export async function openEngines(input: EnginesInput): Promise<Engines> {
  const { config, role, log, lifecycle, telemetry, onProgress } = input;
  const { postgres, ...others } = await openLogEngines(input);
  onProgress(
    config.clickhouse.url === undefined ? 'Opening ClickHouse (embedded)' : 'Connecting to ClickHouse',
  );
  const clickhouse = await openClickHouse(input);
  lifecycle.onClose('clickhouse', () => clickhouse.close());
  await (role === 'all' ? migrateWarehouse(clickhouse) : requireWarehouseMigrated(clickhouse));
  const runs = role === 'all' || role === 'worker';
  const jobs = observeJobs(await createJobs({ postgres, log, runs, migrates: role === 'all' }), {
    ...telemetry,
    names: jobNames,
  });
  lifecycle.onClose('jobs', () => jobs.close());
  return { postgres, clickhouse, jobs, ...others };
}
