import { describe, expect, test } from 'vitest';
import { renderMigration } from './migrate.ts';

const text = 'CREATE TABLE t {{on_cluster}} (a UInt8) ENGINE = {{engine ReplacingMergeTree t a}} ORDER BY a';

describe('migrations by topology', () => {
  test('one server', () => {
    expect(renderMigration(text, { kind: 'single' })).toBe(
      'CREATE TABLE t  (a UInt8) ENGINE = ReplacingMergeTree(a) ORDER BY a',
    );
  });

  test('a replicated cluster', () => {
    expect(renderMigration(text, { kind: 'replicated', cluster: 'main' })).toBe(
      "CREATE TABLE t ON CLUSTER 'main' (a UInt8) ENGINE = " +
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/t', '{replica}', a) ORDER BY a",
    );
  });
});
