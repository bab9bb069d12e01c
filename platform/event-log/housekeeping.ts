import { sql } from 'kysely';
import type { Postgres, Tx } from '#platform/postgres';

export interface TopicCount {
  topic: string;
  records: number;
}

/** Counts what came since the last count: asking often is cheap however long the log is. */
export function countTopics(postgres: Postgres): Promise<TopicCount[]> {
  return postgres.asSystem(async (tx) => {
    await countNew(tx);
    const { rows } = await sql<{ topic: string; records: string }>`
      select topic, records from event_log_topics order by topic`.execute(tx);
    return rows.map((row) => ({ topic: row.topic, records: Number(row.records) }));
  });
}

export async function countNew(tx: Tx): Promise<void> {
  await sql`
    with bounds as materialized (
      select counted_to as low, (select max(position) from event_log) as high
      from event_log_counted for update),
    fresh as (
      select topic, count(*) as records from event_log, bounds
      where position > low and position <= high group by topic),
    added as (
      insert into event_log_topics as t (topic, records) select topic, records from fresh
      on conflict (topic) do update set records = t.records + excluded.records)
    update event_log_counted set counted_to = bounds.high from bounds where bounds.high > counted_to`.execute(
    tx,
  );
}

const trimRows = 5000;

/**
 * Removes records older than `beforeMs` (epoch milliseconds), oldest first, never past what every group has handled.
 * Groups that are gone for good must be removed, or they hold the log for ever.
 * @returns how many were removed.
 */
export async function trimLog(postgres: Postgres, beforeMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    // Small transactions: others get the connection in between.
    const count = await postgres.asSystem((tx) => trimSome(tx, beforeMs));
    removed += count;
    if (count < trimRows) return removed;
  }
}

async function trimSome(tx: Tx, beforeMs: number): Promise<number> {
  await countNew(tx);
  const { rows } = await sql<{ removed: string }>`
    with gone as (
      delete from event_log where position in (
        select position from (select position, appended_at_ms from event_log order by position limit ${trimRows}) oldest
        where appended_at_ms < ${beforeMs}
          and position <= coalesce((select min(position) from event_log_offsets), 9223372036854775807))
      returning topic),
    counts as (select topic, count(*) as records from gone group by topic),
    subtracted as (
      update event_log_topics t set records = t.records - counts.records from counts where t.topic = counts.topic)
    select coalesce(sum(records), 0) as removed from counts`.execute(tx);
  return Number(rows[0]?.removed ?? 0);
}

/** Lags beyond this many positions are given as the difference of positions, which counts other topics too. */
const exactLag = 100_000;

/** Records that a group has not committed. Saved positions only: flush first. */
export async function lagOf(
  postgres: Postgres,
  group: string,
  filter: { exact: readonly string[]; prefixes: readonly string[] },
): Promise<number> {
  return postgres.asSystem(async (tx) => {
    const { rows: bounds } = await sql<{ behind: string }>`
      select greatest((select coalesce(max(position), 0) from event_log) - min(position), 0) as behind
      from event_log_offsets where consumer_group = ${group}`.execute(tx);
    const behind = Number(bounds[0]?.behind ?? 0);
    if (behind === 0 || behind > exactLag) return behind;
    const { rows } = await sql<{ lag: string }>`
      select count(*) as lag from event_log l
      join event_log_offsets o on o.consumer_group = ${group} and o.partition = l.partition and l.position > o.position
      where l.position > (select min(position) from event_log_offsets where consumer_group = ${group})
        and (l.topic = any(${filter.exact}::text[]) or l.topic ^@ any(${filter.prefixes}::text[]))`.execute(
      tx,
    );
    return Number(rows[0]?.lag ?? 0);
  });
}

/** Records after a position: for a reader whose position is saved nowhere. */
export async function lagAfter(
  postgres: Postgres,
  position: number,
  filter: { exact: readonly string[]; prefixes: readonly string[] },
): Promise<number> {
  if (!Number.isFinite(position)) return 0;
  return postgres.asSystem(async (tx) => {
    const { rows } = await sql<{ lag: string }>`
      select count(*) as lag from event_log
      where position > ${position} and (topic = any(${filter.exact}::text[]) or topic ^@ any(${filter.prefixes}::text[]))`.execute(
      tx,
    );
    return Number(rows[0]?.lag ?? 0);
  });
}
