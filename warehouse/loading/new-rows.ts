import * as z from 'zod';
import type { ClickHouse, ClickHouseSettings } from '#platform/clickhouse';
import type { LogPosition } from './rows.ts';

/** A history table whose rows carry an id and their place in the log. */
export interface HistoryTable {
  readonly name: 'compliance_events' | 'flag_changes';
}

/** A row of a batch by what tells whether the table holds it. */
export interface Placed {
  readonly id: string;
  readonly tenantId: string;
  readonly at: LogPosition;
}

/**
 * Tells which rows of a batch the table does not hold yet.
 *
 * Records of a partition are loaded in the order of their offsets. So a row above the highest offset that the table
 * holds for its partition is certainly new; a row at or below it may be there (the batch came again, perhaps cut at
 * other places) or may not (a batch over two months is two parts, and the engine died between them): those are
 * looked up by id. The highest offset is asked of the table itself when the partition is first met, after each
 * failed insert and after the partitions were shared anew: only the table knows then what was written.
 */
export interface NewRows {
  pick<R extends Placed>(rows: readonly R[]): Promise<R[]>;
  /** The rows are in the table. */
  loaded(rows: readonly Placed[]): void;
  /** It is not known which of the rows are in the table. */
  unsure(rows: readonly Placed[]): void;
  /** Somebody else may have loaded rows of any partition. */
  forget: () => void;
}

export function createNewRows(clickhouse: ClickHouse, table: HistoryTable): NewRows {
  const highest = new Map<string, bigint>();

  async function learn(rows: readonly Placed[]): Promise<void> {
    const unmet = rows.map((row) => row.at).filter((at) => !highest.has(partitionKey(at)));
    if (unmet.length === 0) return;
    const found = await readHighest(clickhouse, table, unmet);
    for (const position of unmet) {
      const key = partitionKey(position);
      highest.set(key, found.get(key) ?? -1n);
    }
  }

  return {
    pick: async (rows) => {
      await learn(rows);
      const doubtful = rows.filter(({ at }) => at.offset <= (highest.get(partitionKey(at)) ?? -1n));
      const present = await readPresent(clickhouse, table, doubtful);
      const taken = new Set<string>();
      return rows.filter(({ id }) => {
        if (present.has(id) || taken.has(id)) return false;
        taken.add(id);
        return true;
      });
    },
    loaded: (rows) => {
      for (const { at } of rows) {
        const key = partitionKey(at);
        const known = highest.get(key);
        if (known !== undefined && known < at.offset) highest.set(key, at.offset);
      }
    },
    unsure: (rows) => {
      for (const { at } of rows) highest.delete(partitionKey(at));
    },
    forget: () => highest.clear(),
  };
}

const partitionKey = (at: Pick<LogPosition, 'topic' | 'partition'>): string => `${at.topic}/${at.partition}`;

const highestRows = z.array(
  z.object({ topic: z.string(), partition: z.number(), highest: z.coerce.bigint() }),
);

async function readHighest(
  clickhouse: ClickHouse,
  table: HistoryTable,
  positions: readonly LogPosition[],
): Promise<Map<string, bigint>> {
  const result = await clickhouse.client.query({
    query: `SELECT log_topic AS topic, log_partition AS partition, max(log_offset) AS highest
      FROM {table:Identifier} WHERE log_topic IN {topics:Array(String)} GROUP BY topic, partition`,
    query_params: {
      table: table.name,
      topics: [...new Set(positions.map((position) => position.topic))],
    },
    format: 'JSONEachRow',
    clickhouse_settings: seeingAll(clickhouse),
  });
  const rows = highestRows.parse(await result.json());
  return new Map(rows.map((row) => [partitionKey(row), row.highest]));
}

const presentRows = z.array(z.object({ id: z.string() }));
/** On a cluster the replica that answers must have what another one acknowledged; it waits for it or fails. */
const seeingAll = ({ cluster }: ClickHouse): ClickHouseSettings =>
  cluster === null ? {} : { select_sequential_consistency: '1' };

/** Ids asked for at once: they travel in the request's address. */
const idsAtOnce = 500;

async function readPresent(
  clickhouse: ClickHouse,
  table: HistoryTable,
  rows: readonly Placed[],
): Promise<Set<string>> {
  const present = new Set<string>();
  for (let start = 0; start < rows.length; start += idsAtOnce) {
    const asked = rows.slice(start, start + idsAtOnce);
    const result = await clickhouse.client.query({
      query: `SELECT DISTINCT id FROM {table:Identifier}
        WHERE tenant_id IN {tenants:Array(String)} AND id IN {ids:Array(String)}`,
      query_params: {
        table: table.name,
        tenants: [...new Set(asked.map((row) => row.tenantId))],
        ids: asked.map((row) => row.id),
      },
      format: 'JSONEachRow',
      clickhouse_settings: seeingAll(clickhouse),
    });
    for (const row of presentRows.parse(await result.json())) present.add(row.id);
  }
  return present;
}
