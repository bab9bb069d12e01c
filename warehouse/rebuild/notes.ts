import type { ClickHouse } from '#platform/clickhouse';
import { renderForTopology } from '../migrate.ts';

/** What a rebuild notes beside its tables, so that it can go on after it was interrupted. */
export interface Notes {
  get(name: string): string | undefined;
  set(values: Readonly<Record<string, string>>): Promise<void>;
}

const table = `CREATE TABLE IF NOT EXISTS rebuild_notes {{on_cluster}} (name String, value String, turn UInt64)
ENGINE = {{engine ReplacingMergeTree rebuild_notes turn}} ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** Opens the notes kept beside the shadow tables. One process writes them. */
export async function openNotes(shadow: ClickHouse): Promise<Notes> {
  await shadow.client.command({ query: renderForTopology(table, shadow) });
  const result = await shadow.client.query({
    query: 'SELECT name, value, toUInt32(turn) AS turn FROM rebuild_notes FINAL',
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; value: string; turn: number }>();
  const notes = new Map(rows.map((row) => [row.name, row.value]));
  let turn = rows.reduce((highest, row) => Math.max(highest, row.turn), 0);
  return {
    get: (name) => notes.get(name),
    set: async (values) => {
      turn += 1;
      const entries = Object.entries(values);
      await shadow.client.insert({
        table: 'rebuild_notes',
        values: entries.map(([name, value]) => ({ name, value, turn })),
        format: 'JSONEachRow',
      });
      for (const [name, value] of entries) notes.set(name, value);
    },
  };
}
