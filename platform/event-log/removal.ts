import { sql } from 'kysely';
import type { Postgres, Tx } from '#platform/postgres';
import { countNew } from './housekeeping.ts';

/** A record as whoever decides about it sees it. */
export interface KeptRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: string;
  readonly value: Uint8Array;
  readonly position: bigint;
}

const looked = 500;

/** Where the table log ends. */
export async function endOfTable(postgres: Postgres): Promise<bigint> {
  return postgres.asSystem(async (tx) => {
    const { rows } = await sql<{ last: string | null }>`
      select max(position) as last from event_log`.execute(tx);
    return BigInt(rows[0]?.last ?? 0);
  });
}

/**
 * Looks through some records of the table log after `after`, up to `upTo`, and removes those that `isUnwanted` names.
 * Readers take the gap as they take those that retention leaves. For the log in Postgres; Kafka's has retention alone.
 * @returns how far it looked, and how many went; call again from there until `at` is `upTo`.
 */
export function removeFromTable(
  postgres: Postgres,
  range: { readonly after: bigint; readonly upTo: bigint },
  isUnwanted: (record: KeptRecord) => boolean,
): Promise<{ at: bigint; removed: number }> {
  return postgres.asSystem(async (tx) => {
    const { rows } = await sql<Omit<KeptRecord, 'position'> & { position: string }>`
      select position, topic, key, headers, value from event_log
      where position > ${range.after} and position <= ${range.upTo} order by position limit ${looked}`.execute(
      tx,
    );
    const unwanted = rows.filter((row) => isUnwanted({ ...row, position: BigInt(row.position) }));
    await remove(
      tx,
      unwanted.map(({ position }) => position),
    );
    const last = rows.length < looked ? undefined : rows.at(-1)?.position;
    return { at: last === undefined ? range.upTo : BigInt(last), removed: unwanted.length };
  });
}

async function remove(tx: Tx, positions: readonly string[]): Promise<void> {
  if (positions.length === 0) return;
  await countNew(tx);
  await sql`
    with gone as (delete from event_log where position = any(${positions}::bigint[]) returning topic),
    counts as (select topic, count(*) as records from gone group by topic)
    update event_log_topics t set records = t.records - counts.records from counts where t.topic = counts.topic`.execute(
    tx,
  );
}
