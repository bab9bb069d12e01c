import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouse } from '#platform/clickhouse';
import { PlumblineError } from '#platform/errors';

/** Where tables live. `single`: one server or the embedded engine. `replicated`: every table on all replicas of a cluster. */
export type Topology =
  { readonly kind: 'single' } | { readonly kind: 'replicated'; readonly cluster: string };

function topologyOf({ cluster }: ClickHouse): Topology {
  return cluster === null ? { kind: 'single' } : { kind: 'replicated', cluster };
}

/** The statement as it is said to this engine. */
export function renderForTopology(text: string, clickhouse: ClickHouse): string {
  return renderMigration(text, topologyOf(clickhouse));
}

const folder = new URL('./migrations/', import.meta.url);

/**
 * Brings the database's tables up to date; returns the names of the files applied now. Statements can be repeated,
 * so a migration that was cut short is simply applied again.
 * Errors: `warehouse.migration_changed` when an applied file has other text today, `warehouse.migration_newer` when there
 * are files that this code does not know, `warehouse.cluster_unknown` and `warehouse.cluster_has_shards`.
 */
export async function migrateWarehouse(clickhouse: ClickHouse): Promise<string[]> {
  const topology = topologyOf(clickhouse);
  await refuseShards(clickhouse);
  await run(clickhouse, renderMigration(ledger, topology));
  const applied = await readLedger(clickhouse);
  const files = await readFiles();
  refuseNewer(files, applied);
  const done: string[] = [];
  for (const { name, text, checksum } of files) {
    const known = applied.get(name);
    if (known !== undefined && known !== checksum) throw migrationChanged(name);
    if (known !== undefined) continue;
    await run(clickhouse, renderMigration(text, topology));
    await clickhouse.client.insert({
      table: 'schema_migrations',
      values: [{ name, checksum }],
      format: 'JSONEachRow',
    });
    done.push(name);
  }
  return done;
}

/**
 * For processes that must not migrate by themselves. Throws `warehouse.migration_missing` when the database lacks files of
 * this code, `warehouse.migration_newer` when a newer code has migrated it, and `warehouse.migration_changed`.
 */
export async function requireWarehouseMigrated(clickhouse: ClickHouse): Promise<void> {
  const result = await clickhouse.client.query({ query: 'EXISTS TABLE schema_migrations', format: 'JSON' });
  const [answer] = (await result.json<{ result: number }>()).data;
  const applied = answer?.result === 1 ? await readLedger(clickhouse) : new Map<string, string>();
  const files = await readFiles();
  refuseNewer(files, applied);
  for (const { name, checksum } of files) {
    if (!applied.has(name)) throw migrationMissing(name);
    if (applied.get(name) !== checksum) throw migrationChanged(name);
  }
}

interface MigrationFile {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

async function readFiles(): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

function refuseNewer(files: readonly MigrationFile[], applied: ReadonlyMap<string, string>): void {
  const known = new Set(files.map(({ name }) => name));
  const unknown = [...applied.keys()].filter((name) => !known.has(name)).toSorted();
  if (unknown.length > 0) throw migrationNewer(unknown);
}

const ledger = `CREATE TABLE IF NOT EXISTS schema_migrations {{on_cluster}} (
  name String, checksum String
) ENGINE = {{engine ReplacingMergeTree schema_migrations}} ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;`;

/** Numbers of a screen are joined from several tables, which only works where all rows of a company are: on one shard. */
async function refuseShards({ client, cluster }: ClickHouse): Promise<void> {
  if (cluster === null) return;
  const result = await client.query({
    query:
      'SELECT toUInt32(uniqExact(shard_num)) AS shards FROM system.clusters WHERE cluster = {cluster:String}',
    query_params: { cluster },
    format: 'JSONEachRow',
  });
  const [answer] = await result.json<{ shards: number }>();
  const shards = answer?.shards ?? 0;
  if (shards === 1) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: shards === 0 ? 'warehouse.cluster_unknown' : 'warehouse.cluster_has_shards',
    detail:
      shards === 0
        ? `The ClickHouse server knows no cluster ${cluster}. See system.clusters for those that it knows.`
        : `The cluster ${cluster} has ${shards} shards. Name one with a single shard and any number of replicas.`,
  });
}

/** Fills in `{{on_cluster}}` and `{{engine Kind table argument…}}`. */
export function renderMigration(text: string, topology: Topology): string {
  const onCluster = topology.kind === 'single' ? '' : `ON CLUSTER '${topology.cluster}'`;
  return text
    .replaceAll('{{on_cluster}}', onCluster)
    .replaceAll(/\{\{engine (\w+) \w+((?: \w+)*)\}\}/g, (_all, kind, rest) => {
      const columns = String(rest).trim().split(' ').filter(Boolean);
      if (topology.kind === 'single') return `${kind}(${columns.join(', ')})`;
      // By the table's own id, not its name: tables are exchanged with each other when the warehouse is rebuilt.
      const place = ["'/clickhouse/tables/{uuid}/{shard}'", "'{replica}'"];
      return `Replicated${kind}(${[...place, ...columns].join(', ')})`;
    });
}

async function run(clickhouse: ClickHouse, sql: string): Promise<void> {
  const statements = sql
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  for (const query of statements) await clickhouse.client.command({ query });
}

async function readLedger(clickhouse: ClickHouse): Promise<Map<string, string>> {
  const result = await clickhouse.client.query({
    query: 'SELECT name, checksum FROM schema_migrations FINAL',
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; checksum: string }>();
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function migrationMissing(name: string): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'warehouse.migration_missing',
    detail: `ClickHouse lacks ${name}. Run "plumbline migrate" first.`,
  });
}

function migrationNewer(names: readonly string[]): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'warehouse.migration_newer',
    detail: `A newer version has migrated ClickHouse (${names.join(', ')}). Start that version, or restore a backup.`,
  });
}

function migrationChanged(name: string): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'warehouse.migration_changed',
    detail: `Warehouse migration ${name} was applied with other text. Restore the file and add a new one.`,
  });
}
