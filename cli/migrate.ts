import type { Command } from 'commander';
import { systemClock } from '#platform/clock';
import { createJobs } from '#platform/jobs';
import { migrateWarehouse } from '#warehouse';
import { migrate } from '../migrations/run.ts';
import { openClickHouse } from '../src/lib/server/engines.ts';
import { openEventLog } from '../src/lib/server/event-log.ts';
import { sealAll } from './keys.ts';
import { print, withPostgres, type Tool } from './tools.ts';

/** `plumbline migrate`: all that roles expect to find. Safe to repeat, and from several places at once. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'Bring Postgres, ClickHouse and the topics up to date, then end. Before a new version starts.',
    )
    .addHelpText(
      'after',
      `
Needs DATABASE_URL and CLICKHOUSE_URL (without both: the embedded engines of the data folder; stop the server first).
Roles refuse to start on a database that lacks migrations of their code, or has newer ones.`,
    )
    .action(() => withPostgres(migrateAll));
}

function tell(engine: string, applied: readonly string[]): void {
  print(`${engine}: ${applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`}.`);
}

async function migrateAll({ config, postgres, log, keys }: Tool): Promise<void> {
  tell('Postgres', await migrate(postgres));
  await sealAll({ postgres, keys });
  const jobs = await createJobs({ postgres, log, runs: false });
  await jobs.close();
  const eventLog = await openEventLog({ config, clock: systemClock, log, postgres, relay: false });
  await eventLog.close();
  print('Jobs and event log: ready.');
  if (config.postgres.url !== undefined && config.clickhouse.url === undefined) {
    print('ClickHouse: left alone, there is no CLICKHOUSE_URL.');
    return;
  }
  const clickhouse = await openClickHouse({ config, log });
  try {
    tell('ClickHouse', await migrateWarehouse(clickhouse));
  } finally {
    await clickhouse.close();
  }
}
