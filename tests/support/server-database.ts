import { createHash, randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import { processEnvironment } from '#platform/config';
import { migrate, readMigrations } from '../../migrations/run.ts';

/** A new, migrated database on the server of `TEST_DATABASE_URL`. */
export interface ServerDatabase {
  readonly url: string;
  /** A pool of its own, like another process would have. */
  connect(): Postgres;
  /** Also ends the sessions that are still open. */
  drop(): Promise<void>;
}

/** The server that the tests run on; absent: embedded engines. Its login may create databases and roles. */
export const testServerUrl = (): string | undefined => processEnvironment()['TEST_DATABASE_URL'];

/** Throws when `TEST_DATABASE_URL` is absent: the services project is run on purpose. */
export async function createServerDatabase(): Promise<ServerDatabase> {
  const server = requireServer();
  return createDatabase(server, await keepTemplate(server));
}

/** The same, with nothing in it yet. */
export function createEmptyServerDatabase(): Promise<ServerDatabase> {
  return createDatabase(requireServer(), 'template1');
}

function requireServer(): string {
  const server = testServerUrl();
  if (server !== undefined) return server;
  throw new Error('set TEST_DATABASE_URL to a server whose user may create databases and roles');
}

async function createDatabase(server: string, template: string): Promise<ServerDatabase> {
  const name = `plumbline_test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, (client) => client.query(`create database ${name} template ${template}`));
  const url = urlOf(server, name);
  return {
    url,
    connect: () => createServerPostgres({ url }),
    drop: () => administer(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

/**
 * A migrated database to copy from, one per set of migrations. Roles belong to the whole server, so migrating is done
 * by one process at a time.
 */
async function keepTemplate(server: string): Promise<string> {
  const migrations = await readMigrations();
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  const name = `plumbline_template_${hash.digest('hex').slice(0, 16)}`;
  await administer(server, async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('plumbline.test-template'))`);
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like 'plumbline\\_template\\_%'`,
    );
    if (rows.some((row) => row.datname === name)) return;
    const outdated = [...rows.map((row) => row.datname), `${name}_draft`];
    for (const each of outdated) await client.query(`drop database if exists ${escapeIdentifier(each)}`);
    await client.query(`create database ${name}_draft`);
    const draft = createServerPostgres({ url: urlOf(server, `${name}_draft`) });
    try {
      await migrate(draft, migrations);
    } finally {
      await draft.close();
    }
    await client.query(`alter database ${name}_draft rename to ${name}`);
  });
  return name;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
