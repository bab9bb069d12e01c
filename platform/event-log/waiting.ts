import { sql } from 'kysely';
import type { Tx } from '#platform/postgres';

/** Records that the relay has yet to move, counted up to a hundred thousand. In a system transaction. */
export async function countOutbox(tx: Tx): Promise<number> {
  const { rows } = await sql<{ waiting: string }>`
    select count(*) as waiting from (select 1 from outbox limit 100000) waiting`.execute(tx);
  return Number(rows[0]?.waiting ?? 0);
}
