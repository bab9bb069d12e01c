import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import type { Keys } from '#platform/keys';
import { columns, type Tx } from '#platform/postgres';
import { birthIndexes } from './births.ts';
import { nameKey } from './employee.ts';
import { thisTenant } from './visible.ts';

/** How a message names a person. Empty parts are not known. */
export interface PersonSubject {
  /** Our own id, when the sender knows it. */
  readonly employeeId?: EmployeeId | null;
  /** Ids by which other systems know the person or an order of theirs, most specific first. */
  readonly refs?: readonly { readonly system: string; readonly value: string }[];
  readonly email?: string | null;
  readonly name?: { readonly first: string; readonly last: string } | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | null;
}

/** Systems whose value is the employer's own number of the person. */
const numberSystems: ReadonlySet<string> = new Set(['employee.external_id', 'employee.number']);

interface Found {
  n: number;
  by_id: EmployeeId | null;
  by_reference: EmployeeId | null;
  by_number: EmployeeId | null;
  by_email: EmployeeId | null;
  by_name: EmployeeId | null;
}

/**
 * Finds the employees that subjects speak of, in the transaction's tenant, in one query. Null = nobody for certain:
 * then a person must look. Strongest first: our id, a linked reference, the employee number, the e-mail if only one
 * person has it, name with birth date if only one person fits.
 *
 * A number or e-mail is not believed against a birth date that contradicts it, nor when the two name different people:
 * filing a result under the wrong person is worse than asking.
 *
 * The lateral joins keep the planner to one index lookup per value: joined plainly it takes the subject's few ids for
 * many and reads the whole table for each subject, a third of all CPU on the way of an event.
 */
export async function matchEmployees(
  keys: Pick<Keys, 'blindIndex'>,
  tx: Tx,
  tenantId: string,
  subjects: readonly PersonSubject[],
): Promise<(EmployeeId | null)[]> {
  if (subjects.length === 0) return [];
  const births = subjects.map((subject) => subject.birthDate ?? null);
  const indexes = await birthIndexes(keys, tx, tenantId, births);
  const lookups = subjects.map((subject, n) => toLookup(subject, n, indexes[n] ?? null));
  const of = <T>(read: (one: Lookup) => T) => lookups.map(read);
  const { rows } = await sql<Found>`
    with s as (
      select n, employee_id, systems::text[], external_ids::text[], numbers::text[], email, name_key, birth_date::date, birth_index
      from unnest(
        ${columns.int(of((one) => one.n))}::int[],
        ${columns.text(of((one) => one.employee_id))}::text[],
        ${columns.lists(of((one) => one.systems))}::text[],
        ${columns.lists(of((one) => one.external_ids))}::text[],
        ${columns.lists(of((one) => one.numbers))}::text[],
        ${columns.text(of((one) => one.email))}::text[],
        ${columns.text(of((one) => one.name_key))}::text[],
        ${columns.text(of((one) => one.birth_date))}::text[],
        ${columns.text(of((one) => one.birth_index))}::text[])
        as r(n, employee_id, systems, external_ids, numbers, email, name_key, birth_date, birth_index)
    )
    select s.n,
      (select e.id from employees e where e.tenant_id = ${thisTenant} and e.id = s.employee_id) as by_id,
      (select linked.employee_id
        from unnest(s.systems, s.external_ids) with ordinality as k(system, external_id, rank)
        cross join lateral (select r.employee_id from employee_references r
          where r.tenant_id = ${thisTenant} and r.system = k.system and r.external_id = k.external_id
          limit 1) linked
        order by k.rank limit 1) as by_reference,
      (select numbered.id from unnest(s.numbers) as k(number)
        cross join lateral (select e.id from employees e
          where e.tenant_id = ${thisTenant} and e.number = k.number
            and ${bornThen('may be')}
          limit 1) numbered
        limit 1) as by_number,
      (select case when count(*) = 1 then min(e.id) end from employees e
        where e.tenant_id = ${thisTenant} and e.email = s.email
        and ${bornThen('may be')}) as by_email,
      (select case when count(*) = 1 then min(e.id) end from employees e
        where e.tenant_id = ${thisTenant} and e.name_key = s.name_key and ${bornThen('is')}) as by_name
    from s order by s.n`.execute(tx);
  return rows.map(decide);
}

/**
 * Whether the employee `e` was born on the subject's day; `may be` when either day is not known. Dates are compared by
 * their blind index; the plain column is what was stored before dates were sealed.
 */
function bornThen(how: 'is' | 'may be') {
  const same = sql`(e.birth_index = s.birth_index or e.birth_date = s.birth_date)`;
  return how === 'is'
    ? same
    : sql`(s.birth_date is null or (e.birth_index is null and e.birth_date is null) or ${same})`;
}

type Lookup = ReturnType<typeof toLookup>;

function toLookup(subject: PersonSubject, n: number, birthIndex: string | null) {
  const refs = subject.refs ?? [];
  const name = subject.name ?? null;
  return {
    n,
    employee_id: subject.employeeId ?? null,
    systems: refs.map((ref) => ref.system),
    external_ids: refs.map((ref) => ref.value),
    numbers: refs.filter((ref) => numberSystems.has(ref.system)).map((ref) => ref.value),
    email: subject.email?.toLowerCase() ?? null,
    name_key: name === null ? null : nameKey({ firstName: name.first, lastName: name.last }),
    birth_date: subject.birthDate ?? null,
    birth_index: birthIndex,
  };
}

function decide(found: Found): EmployeeId | null {
  const certain = found.by_id ?? found.by_reference;
  if (certain !== null) return certain;
  const named = [found.by_number, found.by_email].filter((id) => id !== null);
  if (new Set(named).size > 1) return null;
  return named[0] ?? found.by_name;
}
