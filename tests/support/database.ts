import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createMemoryPostgres, type Postgres } from '#platform/postgres';
import { migrate, readMigrations, type Migration } from '../../migrations/run.ts';
import { createServerDatabase, testServerUrl } from './server-database.ts';

/**
 * A fresh, migrated database; close it after the test, then it is gone. On the server of `TEST_DATABASE_URL`, else
 * embedded in memory.
 */
export async function openTestDatabase(): Promise<Postgres> {
  if (testServerUrl() === undefined) return openEmbeddedTestDatabase();
  const { connect, drop } = await createServerDatabase();
  const postgres = connect();
  return {
    ...postgres,
    close: async () => {
      await postgres.close();
      await drop();
    },
  };
}

/**
 * The first call for a set of migrations keeps a dump under `node_modules/.cache`, the following calls (in any
 * process) start from it.
 */
async function openEmbeddedTestDatabase(): Promise<Postgres> {
  const migrations = await readMigrations();
  const file = await dumpFile(migrations);
  const dump = await readFile(file).catch(() => undefined);
  if (dump !== undefined) return createMemoryPostgres({ from: new Blob([dump]) });

  const postgres = await createMemoryPostgres();
  await migrate(postgres, migrations);
  const bytes = Buffer.from(await (await postgres.dump()).arrayBuffer());
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, bytes);
  await rename(draft, file);
  await removeOldDumps(path.dirname(file));
  return postgres;
}

async function dumpFile(migrations: readonly Migration[]): Promise<string> {
  const root = path.resolve(import.meta.dirname, '../..');
  const folder = path.join(root, 'node_modules/.cache/plumbline');
  await mkdir(folder, { recursive: true });
  const engine = await readFile(path.join(root, 'node_modules/@electric-sql/pglite/package.json'));
  const hash = createHash('sha256').update(engine);
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return path.join(folder, `migrated-${hash.digest('hex').slice(0, 16)}.tar`);
}

async function removeOldDumps(folder: string): Promise<void> {
  const newest = (await stat(folder)).mtimeMs;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && newest - found.mtimeMs > 3_600_000) await rm(file, { force: true });
  }
}
