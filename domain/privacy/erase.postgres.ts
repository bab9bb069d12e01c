import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { PersonIdentifiers } from './identifiers.ts';
import { lettersAbout, removeLetters } from './letters.postgres.ts';
import { openRows, personTables, rowsAbout } from './rows.postgres.ts';

/** The name that takes the place of an erased person's. */
export const erasedName = { firstName: 'Erased', lastName: 'person' } as const;

/**
 * How records name the person, read and locked before anything goes; null when the tenant has no such person.
 * @param tx a system transaction.
 */
export async function identify(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  employeeId: EmployeeId,
): Promise<PersonIdentifiers | null> {
  await sql`select 1 from employees where tenant_id = ${tenantId} and id = ${employeeId} for update`.execute(
    tx,
  );
  const stored = await rowsAbout(tx, tenantId, 'employees', 'id', employeeId);
  const [row] = await openRows(keys, tx, tenantId, 'employees', stored);
  if (row === undefined) return null;
  const { rows: refs } = await sql<{ external_id: string }>`
    select external_id from employee_references where tenant_id = ${tenantId} and employee_id = ${employeeId}`.execute(
    tx,
  );
  const { rows: bodies } = await sql<{ raw_ref: string }>`
    select distinct raw_ref from compliance_events
    where tenant_id = ${tenantId} and employee_id = ${employeeId} and raw_ref is not null`.execute(tx);
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : null);
  return {
    employeeId,
    number: text('number') ?? '',
    firstName: text('first_name') ?? '',
    lastName: text('last_name') ?? '',
    email: text('email'),
    birthDate: text('birth_sealed') ?? text('birth_date'),
    externalIds: refs.map((ref) => ref.external_id),
    rawRefs: bodies.map((body) => body.raw_ref),
  };
}

/**
 * Takes the person out of every table, as the field list says: rows go, or lose what is personal; what was recorded under
 * the person's key becomes unreadable with it.
 * @returns how many rows of each table went.
 */
export async function eraseRows(
  keys: Keys,
  tx: Tx,
  tenantId: string,
  person: PersonIdentifiers,
  at: string,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  const letters = await lettersAbout(tx, tenantId, person);
  await removeLetters(
    tx,
    tenantId,
    letters.map((letter) => String(letter['id'])),
  );
  removed['dead_letters'] = letters.length;
  for (const [name, table] of personTables) {
    if (table.onErasure !== 'remove') continue;
    const { numAffectedRows } = await sql`delete from ${sql.table(name)}
      where tenant_id = ${tenantId} and ${sql.ref(table.person)} = ${person.employeeId}`.execute(tx);
    removed[name] = Number(numAffectedRows ?? 0);
  }
  await replacePerson(tx, tenantId, person.employeeId, at);
  await replaceMembership(tx, tenantId, person.employeeId, at);
  await keys.destroySubject(tx, tenantId, person.employeeId);
  return removed;
}

/** The row stays: ids elsewhere lead to it, and it is what says that there was somebody. */
async function replacePerson(tx: Tx, tenantId: string, employeeId: EmployeeId, at: string): Promise<void> {
  const { firstName, lastName } = erasedName;
  await sql`
    update employees set
      number = 'erased-' || right(id, 12), first_name = ${firstName}, last_name = ${lastName},
      name_key = ${`${lastName}|${firstName}`.toLowerCase()},
      search_key = ${`${firstName} ${lastName}`.toLowerCase()},
      email = null, birth_date = null, birth_sealed = null, birth_index = null, base = null, base_at = null,
      last_event_at = null, last_event_version = null, last_event_id = null, requirements = '{}'::jsonb,
      phase = 'terminated', declared_phase = 'terminated', phase_changes_on = null, periods = '[]'::jsonb,
      leave_from = null, return_on = null, manager_id = null, safety_sensitive_first_at = null,
      updated_at = greatest(${at}::timestamptz, updated_at + interval '1 millisecond')
    where tenant_id = ${tenantId} and id = ${employeeId}`.execute(tx);
}

/** A sign-in that was the person's own record alone goes; another stays without the record. The account is the user's. */
async function replaceMembership(
  tx: Tx,
  tenantId: string,
  employeeId: EmployeeId,
  at: string,
): Promise<void> {
  await sql`delete from memberships
    where tenant_id = ${tenantId} and employee_id = ${employeeId} and role is null`.execute(tx);
  await sql`update memberships set employee_id = null, updated_at = ${at}::timestamptz
    where tenant_id = ${tenantId} and employee_id = ${employeeId}`.execute(tx);
}
