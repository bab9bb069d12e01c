import { sql } from 'kysely';
import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { Phase } from '#contracts/person-facts';
import type { Instant } from '#contracts/time';
import type { NewRecord, Outbox } from '#platform/event-log';
import type { Tx } from '#platform/postgres';
import { thisTenant } from './visible.ts';

/** People as they are after a change, key employee id: for the warehouse. */
export const peopleChangedTopic = 'people.changed.v1';

/** What others may keep of a person. The later `updatedAt` of one person is the truer. */
export interface PersonChanged {
  readonly tenantId: TenantId;
  readonly employeeId: EmployeeId;
  readonly name: string;
  readonly phase: Phase;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
  readonly updatedAt: Instant;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Records of this topic are written by this module alone, so their shape is trusted. */
export function readPersonChanged(value: Uint8Array): PersonChanged {
  return JSON.parse(decoder.decode(value)) as PersonChanged;
}

/** Rows of one statement. */
const batchSize = 2500;

/**
 * Announces people as the caller's transaction leaves them. The last thing to do in it: from here on other writers of
 * the log wait, and who then waits for a lock of theirs waits for ever.
 */
export async function announcePeople(
  outbox: Pick<Outbox, 'add'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
): Promise<void> {
  for (let from = 0; from < employeeIds.length; from += batchSize) {
    const people = await readPeople(tx, employeeIds.slice(from, from + batchSize));
    await outbox.add(tx, people.map(toRecord));
  }
}

async function readPeople(tx: Tx, employeeIds: readonly EmployeeId[]): Promise<PersonChanged[]> {
  const { rows } = await sql<Omit<PersonChanged, 'updatedAt'> & { updatedAt: Date }>`
    select tenant_id as "tenantId", id as "employeeId", first_name || ' ' || last_name as name, phase,
      division_id as "divisionId", location_id as "locationId", job_role_id as "jobRoleId", updated_at as "updatedAt"
    from employees where tenant_id = ${thisTenant} and id = any(${employeeIds}::text[]) order by id`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() }));
}

function toRecord(person: PersonChanged): NewRecord {
  return {
    topic: peopleChangedTopic,
    key: person.employeeId,
    value: encoder.encode(JSON.stringify(person)),
    headers: { tenant: person.tenantId },
  };
}
