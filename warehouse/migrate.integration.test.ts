import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmbeddedClickHouse, type EmbeddedClickHouse } from '#platform/clickhouse';
import { createSilentLog } from '#platform/log';
import { migrateWarehouse, renderMigration } from './migrate.ts';

const dir = mkdtempSync(join(tmpdir(), 'plumbline-cluster-'));
const folder = join(import.meta.dirname, 'migrations');
let clickhouse: EmbeddedClickHouse;

beforeAll(async () => {
  clickhouse = await createEmbeddedClickHouse({ dir, log: createSilentLog() });
});
afterAll(async () => {
  await clickhouse.close();
  rmSync(dir, { recursive: true, force: true });
});

const creations = readdirSync(folder)
  .toSorted()
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .flatMap((text) =>
    renderMigration(text, { kind: 'replicated', cluster: 'main' })
      .replaceAll(/^--.*$/gm, '')
      .split(/;\s*$/m)
      .map((statement) => statement.trim())
      .filter((statement) => statement.startsWith('CREATE TABLE')),
  )
  .map((sql) => [/EXISTS (\w+)/.exec(sql)?.[1] ?? '', sql] as const);

describe('tables of a cluster', () => {
  test.each(creations)(
    'the engine understands %s down to asking for Keeper, which it has not',
    async (table, sql) => {
      // What only a cluster can fill in.
      const query = sql
        .replace("ON CLUSTER 'main'", '')
        .replace('{uuid}/{shard}', table)
        .replace('{replica}', 'a');
      const made = clickhouse.client.command({ query });
      // Everything before it was accepted: columns, engine, keys, settings, time to live. 225: NO_ZOOKEEPER.
      await expect(made).rejects.toMatchObject({ code: '225' });
    },
  );

  test('a cluster that the server does not know is refused', async () => {
    const elsewhere = { ...clickhouse, cluster: 'nowhere' };
    await expect(migrateWarehouse(elsewhere)).rejects.toMatchObject({ code: 'warehouse.cluster_unknown' });
  });
});
