import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PoolClient } from 'pg';
import { systemClock } from '#platform/clock';
import { loadEngineConfig, processEnvironment, type EngineConfig } from '#platform/config';
import { PlumblineError } from '#platform/errors';
import { createLog } from '#platform/log';
import { openPostgres, type Postgres } from '#platform/postgres';

export interface Migration {
  /** File name without `.sql`, e.g. `0001_roles`. */
  name: string;
  sql: string;
  /** SHA-256 of the file, hex. */
  checksum: string;
}

/** The migration files in number order. Two files with one number are refused. */
export async function readMigrations(folder: string = import.meta.dirname): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_.+\.sql$/.test(file)).toSorted();
  const migrations = await Promise.all(
    files.map(async (file) => {
      const sql = await readFile(path.join(folder, file), 'utf8');
      return { name: file.slice(0, -4), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  const twice = migrations.find((each, at) => each.name.slice(0, 4) === migrations[at - 1]?.name.slice(0, 4));
  if (twice !== undefined) {
    throw refused('migrations.number_taken', `Two migrations have the number ${twice.name.slice(0, 4)}.`);
  }
  return migrations;
}

/**
 * Applies the migrations that have not been applied, each in its own transaction; a failing file leaves nothing behind.
 * Throws `migrations.file_changed` if an applied file differs from the one on disk, `migrations.newer` if the database
 * has files that this code does not know.
 * Safe to call from several processes at once: they wait for each other.
 * @returns the names applied now.
 */
export async function migrate(postgres: Postgres, migrations?: readonly Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  const client = await postgres.pool.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('plumbline.migrations'))`);
    await client.query(
      `create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
    const applied = await readApplied(client);
    refuseChanged(wanted, applied);
    refuseNewer(await knownNames(migrations), applied);
    const pending = wanted.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('plumbline.migrations'))`).catch(() => {});
    client.release();
  }
}

/**
 * For processes that must not migrate by themselves. Throws `migrations.missing` when the database lacks files of this
 * code, `migrations.newer` when a newer code has migrated it, and `migrations.file_changed`.
 */
export async function requireMigrated(postgres: Postgres): Promise<void> {
  const wanted = await readMigrations();
  const client = await postgres.pool.connect();
  try {
    const { rows } = await client.query<{ ledger: string | null }>(
      `select to_regclass('schema_migrations') as ledger`,
    );
    const applied = rows[0]?.ledger ? await readApplied(client) : new Map<string, string>();
    refuseNewer(new Set(wanted.map(({ name }) => name)), applied);
    refuseChanged(wanted, applied);
    const missing = wanted.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
    if (missing.length === 0) return;
    const which = missing.length > 3 ? `${missing.length} migrations` : missing.join(', ');
    throw refused('migrations.missing', `The database lacks ${which}. Run "plumbline migrate" first.`);
  } finally {
    client.release();
  }
}

/** All that this code has, also when only some are to be applied. */
async function knownNames(some: readonly Migration[] | undefined): Promise<ReadonlySet<string>> {
  const known = [...(some ?? []), ...(await readMigrations())];
  return new Set(known.map(({ name }) => name));
}

function refuseNewer(known: ReadonlySet<string>, applied: ReadonlyMap<string, string>): void {
  const unknown = [...applied.keys()].filter((name) => !known.has(name)).toSorted();
  if (unknown.length === 0) return;
  throw refused(
    'migrations.newer',
    `A newer version has migrated this database (${unknown.join(', ')}). Start that version, or restore a backup.`,
  );
}

async function readApplied(client: PoolClient): Promise<Map<string, string>> {
  const result = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  );
  return new Map(result.rows.map((row) => [row.name, row.checksum]));
}

function refuseChanged(wanted: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const changed = wanted.filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (changed.length === 0) return;
  throw refused(
    'migrations.file_changed',
    `Applied migrations were changed afterwards: ${changed.map(({ name }) => name).join(', ')}. Restore them and add a new file.`,
  );
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new PlumblineError({
      kind: 'internal',
      code: 'migrations.file_failed',
      detail: `Migration ${migration.name} failed; nothing of it was kept.`,
      internal: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

function refused(code: string, detail: string): PlumblineError {
  return new PlumblineError({ kind: 'conflict', code, detail });
}

/** `node migrations/run.ts`: migrates the configured database (DATABASE_URL, or the embedded one in the data folder). */
async function main(config: EngineConfig): Promise<void> {
  const log = createLog(config.log);
  const postgres = await openPostgres(config, { log, clock: systemClock });
  try {
    const applied = await migrate(postgres);
    for (const migration of applied) log.info({ migration }, 'migration applied');
    log.info({ count: applied.length }, 'database is up to date');
  } finally {
    await postgres.close();
  }
}

if (import.meta.main) {
  try {
    await main(loadEngineConfig(processEnvironment(), 'tool'));
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    const cause = error.internal === undefined ? '' : ` (${error.internal})`;
    process.stderr.write(`${error.detail}${cause}\n`);
    process.exitCode = 1;
  }
}
