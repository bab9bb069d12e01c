import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderMigration } from './migrate.ts';

const text = 'CREATE TABLE t {{on_cluster}} (a UInt8) ENGINE = {{engine ReplacingMergeTree t a}} ORDER BY a';
const folder = join(import.meta.dirname, 'migrations');
const all = readdirSync(folder)
  .toSorted()
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

describe('migrations by topology', () => {
  test('one server', () => {
    expect(renderMigration(text, { kind: 'single' })).toBe(
      'CREATE TABLE t  (a UInt8) ENGINE = ReplacingMergeTree(a) ORDER BY a',
    );
  });

  test('a replicated cluster', () => {
    expect(renderMigration(text, { kind: 'replicated', cluster: 'main' })).toBe(
      "CREATE TABLE t ON CLUSTER 'main' (a UInt8) ENGINE = " +
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', a) ORDER BY a",
    );
  });

  test('every statement on a cluster is the reviewed one, replicated and made everywhere', async () => {
    const rendered = renderMigration(all, { kind: 'replicated', cluster: 'main' });
    await expect(rendered).toMatchFileSnapshot('cluster.golden.sql');
    const statements = rendered.match(/^(?:CREATE|ALTER) TABLE [^(;]+/gm) ?? [];
    expect(statements.length).toBeGreaterThan(5);
    for (const statement of statements) expect(statement).toContain("ON CLUSTER 'main'");
    const ofTables = rendered.replaceAll(/^CREATE DATABASE .*$/gm, '');
    for (const engine of ofTables.match(/ENGINE = \w+/g) ?? [])
      expect(engine).toMatch(/= Replicated\w+MergeTree$/);
  });
});
