import type { Command } from 'commander';
import type { TenantId } from '#contracts/ids';
import { listPlaceNames } from '#domain/people';
import { rebuildWarehouse, type PlaceNames, type RebuildOutcome } from '#ingest';
import { systemClock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { openRebuild, requireWarehouseMigrated } from '#warehouse';
import { openClickHouse } from '../src/lib/server/engines.ts';
import { openEventLog } from '../src/lib/server/event-log.ts';
import { requireMigrated } from '../migrations/run.ts';
import { print, withPostgres, type Tool } from './tools.ts';

interface Options {
  readonly fresh?: boolean;
  readonly evenIfDifferent?: boolean;
  readonly keepOld?: boolean;
}

/** `plumbline admin rebuild-warehouse`. */
export function addRebuildWarehouse(admin: Command): void {
  admin
    .command('rebuild-warehouse')
    .description(
      'Make ClickHouse anew from the event log, compare, and exchange. Ends with 2 when they differ.',
    )
    .option('--fresh', 'forget a rebuild that was interrupted')
    .option('--even-if-different', 'exchange also when the rebuilt tables differ from those in use')
    .option('--keep-old', 'keep the replaced tables (…_shadow) until the next rebuild')
    .addHelpText(
      'after',
      '\nIt may be interrupted and started again. On servers traffic may go on meanwhile.',
    )
    .action((options: Options) => withPostgres((tool) => run(tool, options)));
}

/** Read once: names of places hardly change while this runs. */
function placeNamesOf(postgres: Postgres): (tenantId: TenantId) => Promise<PlaceNames> {
  const known = new Map<TenantId, Promise<PlaceNames>>();
  const read = async (tenantId: TenantId): Promise<PlaceNames> => {
    const { divisions, locations, jobRoles } = await postgres.asTenant(tenantId, listPlaceNames);
    return new Map([...divisions, ...locations, ...jobRoles].map(({ id, name }) => [id, name]));
  };
  return (tenantId) => {
    const names = known.get(tenantId) ?? read(tenantId);
    known.set(tenantId, names);
    return names;
  };
}

async function run({ config, postgres, log }: Tool, options: Options): Promise<void> {
  await requireMigrated(postgres);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const clickhouse = await openClickHouse({ config, log });
  const eventLog = await openEventLog({ config, postgres, clock: systemClock, log, relay: false });
  try {
    await requireWarehouseMigrated(clickhouse);
    const fresh = options.fresh ?? false;
    const rebuild = await openRebuild({ clickhouse, clock: systemClock, log, fresh });
    if (!rebuild.isNew) print('Going on with the rebuild that was interrupted');
    tell(
      await rebuildWarehouse({
        rebuild,
        eventLog,
        placeNames: placeNamesOf(postgres),
        signal: stopping.signal,
        onProgress: print,
        evenIfDifferent: options.evenIfDifferent ?? false,
        replaced: options.keepOld === true ? 'keep' : 'drop',
      }),
    );
  } finally {
    await eventLog.close();
    await clickhouse.close();
  }
}

function tell({ outcome, days }: RebuildOutcome): void {
  for (const { table, day, rows, checksum, isEqual } of days) {
    const verdict = isEqual
      ? `${rows.after} rows, ${checksum.after}, equal`
      : `DIFFERS: ${rows.before} rows, ${checksum.before}; rebuilt ${rows.after} rows, ${checksum.after}`;
    print(`${table}  ${day || 'all days'}  ${verdict}`);
  }
  if (outcome === 'exchanged') print('The rebuilt tables are in use.');
  if (outcome === 'interrupted') print('Interrupted. Start it again to go on.');
  if (outcome === 'differs') {
    print(
      'Nothing was exchanged. With --even-if-different the rebuilt tables take the place of those in use.',
    );
    process.exitCode = 2;
  }
}
