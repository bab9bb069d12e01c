import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import type { Postgres, Tx } from '#platform/postgres';

/**
 * Until the transaction ends, nobody else decides these people's flags or folds their events: an event, the timer and a
 * change of the person may come at once, in several processes, and each decides from what it has read. To be taken
 * before anything is read. Locks are taken in one order, so two transactions cannot wait for each other.
 */
export async function lockPeople(
  tx: Tx,
  mode: Postgres['mode'],
  employeeIds: readonly EmployeeId[],
): Promise<void> {
  // The embedded engine runs one transaction at a time.
  if (mode === 'embedded' || employeeIds.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(person) from (
      select distinct hashtextextended('flags:' || id, 0) as person from unnest(${employeeIds}::text[]) as id
      order by person offset 0) ordered`.execute(tx);
}
