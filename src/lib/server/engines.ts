import path from 'node:path';
import { createEmbeddedClickHouse, createServerClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import { observeEventLog, openPostgresEventLog, type PostgresEventLog } from '#platform/event-log';
import { createJobs, observeJobs, type Jobs } from '#platform/jobs';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import { observePostgres, openPostgres, type Postgres } from '#platform/postgres';
import type { Telemetry } from '#platform/telemetry';
import { migrateWarehouse } from '#warehouse';
import { migrate } from '../../../migrations/run.ts';
import { consumerGroups, jobNames } from './names.ts';

/** The engines of one process, open and migrated. */
export interface Engines {
  postgres: Postgres;
  clickhouse: ClickHouse;
  eventLog: PostgresEventLog;
  jobs: Jobs;
}

export interface EnginesInput {
  config: Config;
  clock: Clock;
  log: Log;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
  /** Told what is going on, for whoever waits for the first start. */
  onProgress: (step: string) => void;
}

function openClickHouse({ config, log }: EnginesInput): Promise<ClickHouse> {
  const { url, username, password, database } = config.clickhouse;
  if (url === undefined) {
    return createEmbeddedClickHouse({ dir: path.join(config.data.folder, 'clickhouse'), log, database });
  }
  const withUser = new URL(url);
  withUser.username = encodeURIComponent(username);
  withUser.password = encodeURIComponent(password);
  return createServerClickHouse({ url: withUser.href, database });
}

/** Opens and migrates the engines; each closes with the lifecycle, the last opened first. */
export async function openEngines(input: EnginesInput): Promise<Engines> {
  const { config, clock, log, lifecycle, telemetry, onProgress } = input;
  onProgress(config.postgres.url === undefined ? 'Opening Postgres (embedded)' : 'Connecting to Postgres');
  const postgres = observePostgres(await openPostgres(config, { log, clock }), telemetry);
  lifecycle.onClose('postgres', () => postgres.close());
  onProgress('Migrating the database');
  await migrate(postgres);
  onProgress(
    config.clickhouse.url === undefined ? 'Opening ClickHouse (embedded)' : 'Connecting to ClickHouse',
  );
  const clickhouse = await openClickHouse(input);
  lifecycle.onClose('clickhouse', () => clickhouse.close());
  await migrateWarehouse(clickhouse);
  const eventLog = observeEventLog(await openPostgresEventLog({ postgres, clock, log }), {
    ...telemetry,
    groups: consumerGroups,
  });
  lifecycle.onClose('event log', () => eventLog.close());
  const jobs = observeJobs(await createJobs({ postgres, log }), { ...telemetry, names: jobNames });
  lifecycle.onClose('jobs', () => jobs.close());
  return { postgres, clickhouse, eventLog, jobs };
}
