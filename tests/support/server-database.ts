import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import { processEnvironment } from '#platform/config';
import { migrate, readMigrations } from '../../migrations/run.ts';

/** A new database on the server of `TEST_DATABASE_URL`, with the tables of the platform. */
export interface ServerDatabase {
  /** A pool of its own, like another process would have. */
  connect(): Postgres;
  /** Closes nothing: close what you connected first. */
  drop(): Promise<void>;
}

/** Throws when `TEST_DATABASE_URL` is absent: the services project is run on purpose. */
export async function createServerDatabase(): Promise<ServerDatabase> {
  const server = processEnvironment()['TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error('set TEST_DATABASE_URL to a server whose user may create databases and roles');
  const name = `plumbline_test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connect = () => createServerPostgres({ url: url.href });
  const postgres = connect();
  const platform = (await readMigrations()).filter((migration) => migration.name < '0020');
  await migrate(postgres, platform);
  await postgres.close();
  return { connect, drop: () => administer(server, `drop database ${name} with (force)`) };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
