import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createEmbeddedClickHouse,
  createServerClickHouse,
  type ClickHouse,
  type EmbeddedClickHouse,
} from '#platform/clickhouse';
import { processEnvironment } from '#platform/config';
import { createSilentLog } from '#platform/log';
import { guardAccess } from '#warehouse';

/** The ClickHouse that the tests run on; absent: embedded engines. */
export const testClickHouseUrl = (): string | undefined => processEnvironment()['TEST_CLICKHOUSE_URL'];

/** An empty database of ClickHouse; close it after the test, then it is gone. On the server of `TEST_CLICKHOUSE_URL`, else embedded. */
export async function openTestClickHouse(): Promise<ClickHouse | EmbeddedClickHouse> {
  const url = testClickHouseUrl();
  if (url === undefined) return openEmbedded();
  const database = newDatabaseName();
  const server = await createServerClickHouse({ url, database });
  return {
    ...server,
    close: async () => {
      await server.close();
      await dropClickHouseDatabase(url, database);
    },
  };
}

async function openEmbedded(): Promise<EmbeddedClickHouse> {
  const dir = mkdtempSync(path.join(tmpdir(), 'plumbline-ch-'));
  const engine = await createEmbeddedClickHouse({
    dir,
    log: createSilentLog(),
    access: guardAccess('plumbline'),
  });
  return {
    ...engine,
    close: async () => {
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const newDatabaseName = (): string => `plumbline_test_${randomUUID().replaceAll('-', '')}`;

export async function dropClickHouseDatabase(url: string, database: string): Promise<void> {
  const server = await createServerClickHouse({ url, database });
  await server.client.command({
    query: 'DROP DATABASE {database:Identifier}',
    query_params: { database },
  });
  await server.close();
}
