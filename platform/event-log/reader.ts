import type { Pool } from 'pg';
import type { LogRecord } from './index.ts';
import { logColumns, toLogRecord, type LogRow } from './rows.ts';
import type { Tail } from './tail.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What one look at the log gave. */
export interface Found {
  records: LogRecord[];
  /** Everything up to here was looked at. */
  scannedTo: number;
}

export interface Wanted {
  filter: TopicFilter;
  partitions: ReadonlySet<number>;
  /** Look after this position. */
  after: number;
  limit: number;
}

/** Positions looked at per query: bounds the time that a group of rare topics holds the connection. */
const windowPositions = 20_000;
/** A batch ends early here, so that big messages do not fill the memory. */
const batchBytes = 8 * 1024 * 1024;

const selectBatch = `
  select ${logColumns} from (
    select ${logColumns}, sum(octet_length(value)) over (order by position) - octet_length(value) as bytes_before
    from event_log
    where position > $1 and position <= $2 and partition = any($3::int[])
      and (topic = any($4::text[]) or topic ^@ any($5::text[]))
    order by position limit $6) batch
  where bytes_before < ${batchBytes}
  order by position`;

export function readFromTail(tail: Tail, { filter, partitions, after, limit }: Wanted): Found | undefined {
  const records: LogRecord[] = [];
  let bytes = 0;
  let full = false;
  let scannedTo = after;
  const covered = tail.visit(after, (record, position) => {
    if (partitions.has(record.partition) && filter.matches(record.topic)) {
      if (records.length >= limit || bytes >= batchBytes) {
        full = true;
        return false;
      }
      records.push(record);
      bytes += record.value.length;
    }
    scannedTo = position;
    return true;
  });
  if (!covered) return undefined;
  return { records, scannedTo: full ? scannedTo : Math.max(scannedTo, tail.head()) };
}

/** How many records lie behind these positions; undefined when they are not all in memory. */
export function countInTail(
  tail: Tail,
  positions: ReadonlyMap<number, number>,
  filter: TopicFilter,
): number | undefined {
  let count = 0;
  const covered = tail.visit(Math.min(tail.head(), ...positions.values()), (record, position) => {
    const done = positions.get(record.partition);
    if (done !== undefined && position > done && filter.matches(record.topic)) count += 1;
    return true;
  });
  return covered ? count : undefined;
}

/** `head` must have been read before: every position up to it is then visible. */
export async function readFromTable(pool: Pool, head: number, wanted: Wanted): Promise<Found> {
  const to = Math.min(head, wanted.after + windowPositions);
  const { rows } = await pool.query<LogRow>({
    name: 'event_log_batch',
    text: selectBatch,
    values: [
      wanted.after,
      to,
      [...wanted.partitions],
      wanted.filter.exact,
      wanted.filter.prefixes,
      wanted.limit,
    ],
  });
  const records = rows.map(toLogRecord);
  const bytes = records.reduce((sum, record) => sum + record.value.length, 0);
  const last = records.at(-1);
  const cut = last !== undefined && (records.length >= wanted.limit || bytes >= batchBytes);
  return { records, scannedTo: cut ? Number(last.offset) : to };
}

export async function readPartition(
  pool: Pool,
  topic: string,
  partition: number,
  fromOffset: bigint,
  limit: number,
): Promise<LogRecord[]> {
  const { rows } = await pool.query<LogRow>(
    `select ${logColumns} from event_log where topic = $1 and partition = $2 and position >= $3 order by position limit $4`,
    [topic, partition, fromOffset.toString(), limit],
  );
  return rows.map(toLogRecord);
}

/** The highest visible position; 0 in an empty log. */
export async function readHead(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ head: string | null }>('select max(position) as head from event_log');
  return Number(rows[0]?.head ?? 0);
}
