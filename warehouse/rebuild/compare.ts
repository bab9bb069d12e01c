import * as z from 'zod';
import type { ClickHouse } from '#platform/clickhouse';
import { catalogue, type TableName } from '../catalogue/catalogue.ts';
import { integer } from '../metrics/counts.ts';

/** One day of one table in use and of its shadow. */
export interface DayComparison {
  readonly table: TableName;
  /** UTC; empty for tables without days. */
  readonly day: string;
  readonly rows: Sides<number>;
  readonly checksum: Sides<string>;
  readonly isEqual: boolean;
}

interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** Of each partition of a topic, the offset before which the log was read. */
export interface ReadTo {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
}

const read = `arrayExists((topic, part, next) -> log_topic = topic AND log_partition = part AND log_offset < toUInt64(next),
  {topics:Array(String)}, {partitions:Array(UInt32)}, {nexts:Array(String)})`;

/**
 * By which day rows are told apart, and what is left out of the checksum: columns that tell when or from where a row
 * was loaded, and names of places, which are those of the time of loading.
 */
const compared = {
  compliance_events: { day: 'toString(toDate(received_at))', where: read },
  flag_changes: { day: 'toString(toDate(decided_at))', where: read },
  flags_current: { day: 'toString(toDate(decided_at))', where: '1' },
  people: { day: "''", where: '1' },
} as const satisfies Partial<Record<TableName, { day: string; where: string }>>;

const placeNames = ['division_name', 'location_name', 'job_role_name'];
const leftOut: Readonly<Record<keyof typeof compared, readonly string[]>> = {
  compliance_events: [...placeNames, 'log_topic', 'log_partition', 'log_offset'],
  flag_changes: ['log_topic', 'log_partition', 'log_offset'],
  flags_current: [],
  people: [...placeNames, 'version'],
};

/** NULL would make the hash of its row NULL, and a sum leaves that out. */
function hashOf(table: keyof typeof compared): string {
  const columns = Object.entries(catalogue[table].columns)
    .filter(([name]) => !leftOut[table].includes(name))
    .map(([name, { type }]) => (type.startsWith('Nullable') ? `ifNull(toString(${name}), '-')` : name));
  return `sipHash64(${columns.join(', ')})`;
}

/** A sum, so that a row that is there twice shows. */
function tableSql(table: keyof typeof compared): string {
  const { day, where } = compared[table];
  return `SELECT ${day} AS day, count() AS rows, toString(sum(${hashOf(table)})) AS checksum
FROM ${table} FINAL WHERE ${where} GROUP BY day ORDER BY day`;
}

/** Where people were is that of the time of the roll-up, so only how many stood how is compared. */
const daysSql = `SELECT toString(day) AS day, toUInt64(sum(people)) AS rows,
  toString(sum(sipHash64(tenant_id, audience, state, people))) AS checksum
FROM (
  SELECT tenant_id, audience, day, state, sum(people) AS people
  FROM status_days GROUP BY tenant_id, audience, day, state HAVING people != 0
)
GROUP BY day ORDER BY day`;

const dayRow = z.object({ day: z.string(), rows: integer, checksum: z.string() });
type DayRow = z.infer<typeof dayRow>;

async function daysOf({ client }: ClickHouse, query: string, to: readonly ReadTo[]): Promise<DayRow[]> {
  const result = await client.query({
    query,
    query_params: {
      topics: to.map((one) => one.topic),
      partitions: to.map((one) => one.partition),
      nexts: to.map((one) => String(one.next)),
    },
    format: 'JSONEachRow',
    clickhouse_settings: { do_not_merge_across_partitions_select_final: 1 },
  });
  return (await result.json<unknown>()).map((row) => dayRow.parse(row));
}

/**
 * The tables in use (before) and their shadows (after) by day: number of rows and a checksum over what they say. History is compared as far as
 * the log was read; flags and people as they are now may differ while traffic goes on.
 */
export async function compareWarehouses(
  before: ClickHouse,
  after: ClickHouse,
  to: readonly ReadTo[],
): Promise<DayComparison[]> {
  const found: DayComparison[] = [];
  const names = Object.keys(compared) as (keyof typeof compared)[];
  const questions: [TableName, string][] = names.map((table) => [table, tableSql(table)]);
  for (const [table, sql] of [...questions, ['status_days', daysSql] as const]) {
    const then = await daysOf(before, sql, to);
    const now = await daysOf(after, sql, to);
    // The rebuilt warehouse may know more past days than were kept rolled up.
    const days = table === 'status_days' ? then : [...then, ...now];
    for (const day of [...new Set(days.map((row) => row.day))].toSorted()) {
      found.push(
        compareDay(
          table,
          day,
          then.find((row) => row.day === day),
          now.find((row) => row.day === day),
        ),
      );
    }
  }
  return found;
}

function compareDay(
  table: TableName,
  day: string,
  before: DayRow | undefined,
  after: DayRow | undefined,
): DayComparison {
  const rows = { before: before?.rows ?? 0, after: after?.rows ?? 0 };
  const checksum = { before: before?.checksum ?? '', after: after?.checksum ?? '' };
  return {
    table,
    day,
    rows,
    checksum,
    isEqual: rows.before === rows.after && checksum.before === checksum.after,
  };
}
