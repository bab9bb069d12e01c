import { sql } from 'kysely';
import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { Phase, Requirements } from '#contracts/person-facts';
import type { Instant } from '#contracts/time';
import type { Keys } from '#platform/keys';
import { columns, type Tx } from '#platform/postgres';
import { openBirths, sealBirths } from './births.ts';
import { nameKey, searchKey, type Employee } from './employee.ts';
import { thisTenant } from './visible.ts';

/** An employee as stored: with what the calendar makes of the declared phase. */
export interface StoredEmployee extends Employee {
  readonly phase: Phase;
  /** Next day on which `phase` changes by date alone. */
  readonly phaseChangesOn: string | null;
}

/** Columns of `employees` under the alias `e`, dates as text. */
export const employeeColumns = sql.raw(`
  e.tenant_id, e.id, e.number, e.first_name, e.last_name, e.email, e.birth_date::text as birth_date,
  e.birth_sealed, e.phase,
  e.phase_changes_on::text as phase_changes_on, e.declared_phase, e.periods, e.leave_from::text as leave_from,
  e.return_on::text as return_on, e.zone, e.jurisdiction, e.division_id, e.location_id, e.job_role_id, e.manager_id,
  e.safety_sensitive_first_at, e.requirements`);

export interface EmployeeRow {
  tenant_id: TenantId;
  id: EmployeeId;
  number: string;
  first_name: string;
  last_name: string;
  email: string | null;
  birth_date: string | null;
  birth_sealed: string | null;
  phase: Phase;
  phase_changes_on: string | null;
  declared_phase: Phase;
  periods: Employee['periods'];
  leave_from: string | null;
  return_on: string | null;
  zone: string | null;
  jurisdiction: string | null;
  division_id: DivisionId | null;
  location_id: LocationId | null;
  job_role_id: JobRoleId | null;
  manager_id: EmployeeId | null;
  safety_sensitive_first_at: Date | null;
  requirements: Requirements | null;
}

export function toEmployee(row: EmployeeRow): StoredEmployee {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    number: row.number,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    birthDate: row.birth_date,
    phase: row.phase,
    phaseChangesOn: row.phase_changes_on,
    declaredPhase: row.declared_phase,
    periods: row.periods,
    leaveFrom: row.leave_from,
    returnOn: row.return_on,
    zone: row.zone,
    jurisdiction: row.jurisdiction,
    divisionId: row.division_id,
    locationId: row.location_id,
    jobRoleId: row.job_role_id,
    managerId: row.manager_id,
    safetySensitiveFirstAt: row.safety_sensitive_first_at?.toISOString() ?? null,
    requirements: row.requirements,
  };
}

/** A date of birth goes into the table sealed and nowhere else. */
async function toColumns(
  keys: Pick<Keys, 'seal' | 'blindIndex'>,
  tx: Tx,
  employees: readonly StoredEmployee[],
): Promise<object[]> {
  const [first] = employees;
  if (first === undefined) return [];
  const births = await sealBirths(keys, tx, first.tenantId, employees);
  return employees.map((employee, at) => ({ ...openColumns(employee), ...births[at] }));
}

function openColumns(employee: StoredEmployee) {
  return {
    id: employee.id,
    number: employee.number,
    first_name: employee.firstName,
    last_name: employee.lastName,
    name_key: nameKey(employee),
    search_key: searchKey(employee),
    email: employee.email?.toLowerCase() ?? null,
    phase: employee.phase,
    phase_changes_on: employee.phaseChangesOn,
    declared_phase: employee.declaredPhase,
    periods: employee.periods,
    leave_from: employee.leaveFrom,
    return_on: employee.returnOn,
    zone: employee.zone,
    jurisdiction: employee.jurisdiction,
    division_id: employee.divisionId,
    location_id: employee.locationId,
    job_role_id: employee.jobRoleId,
    manager_id: employee.managerId,
    safety_sensitive_first_at: employee.safetySensitiveFirstAt,
    requirements: employee.requirements,
  };
}

const recordset = sql.raw(`(
  id text, number text, first_name text, last_name text, name_key text, search_key text, email text,
  birth_sealed text, birth_index text,
  phase text, phase_changes_on date, declared_phase text, periods jsonb, leave_from date, return_on date, zone text,
  jurisdiction text, division_id text, location_id text, job_role_id text, manager_id text,
  safety_sensitive_first_at timestamptz, requirements jsonb)`);

const writable =
  sql.raw(`id, number, first_name, last_name, name_key, search_key, email, birth_sealed, birth_index, phase,
  phase_changes_on, declared_phase, periods, leave_from, return_on, zone, jurisdiction, division_id, location_id,
  job_role_id, manager_id, safety_sensitive_first_at`);

/** Rows of one statement: large enough to be fast, small enough for the embedded engine to breathe between them. */
const batchSize = 2500;

/** A jsonb column that is null comes out of a recordset as the JSON value null. */
const requirementsOrNull = sql.raw(`nullif(r.requirements, 'null'::jsonb)`);

export async function insertEmployees(
  keys: Pick<Keys, 'seal' | 'blindIndex'>,
  tx: Tx,
  tenantId: TenantId,
  employees: readonly StoredEmployee[],
  at: Instant,
): Promise<void> {
  for (let from = 0; from < employees.length; from += batchSize) {
    const rows = JSON.stringify(await toColumns(keys, tx, employees.slice(from, from + batchSize)));
    await sql`
      insert into employees (tenant_id, ${writable}, requirements, created_at, updated_at)
      select ${tenantId}, ${writable}, ${requirementsOrNull}, ${at}::timestamptz, ${at}::timestamptz
      from jsonb_to_recordset(${rows}::jsonb) as r${recordset}`.execute(tx);
  }
}

/**
 * Writes them as they are now. `updated_at` of one person rises with each change, also where the clock stands still or a
 * process with a slower one comes second: of two announcements the later is the truer.
 */
export async function updateEmployees(
  keys: Pick<Keys, 'seal' | 'blindIndex'>,
  tx: Tx,
  employees: readonly StoredEmployee[],
  at: Instant,
): Promise<void> {
  for (let from = 0; from < employees.length; from += batchSize) {
    const rows = JSON.stringify(await toColumns(keys, tx, employees.slice(from, from + batchSize)));
    await sql`
      update employees e set
        number = r.number, first_name = r.first_name, last_name = r.last_name, name_key = r.name_key,
        search_key = r.search_key, email = r.email, birth_date = null,
        birth_sealed = r.birth_sealed, birth_index = r.birth_index, phase = r.phase,
        phase_changes_on = r.phase_changes_on, declared_phase = r.declared_phase, periods = r.periods,
        leave_from = r.leave_from, return_on = r.return_on, zone = r.zone, jurisdiction = r.jurisdiction,
        division_id = r.division_id, location_id = r.location_id, job_role_id = r.job_role_id,
        manager_id = r.manager_id, safety_sensitive_first_at = r.safety_sensitive_first_at,
        requirements = ${requirementsOrNull},
        updated_at = greatest(${at}::timestamptz, e.updated_at + interval '1 millisecond')
      from jsonb_to_recordset(${rows}::jsonb) as r${recordset}
      where e.tenant_id = ${thisTenant} and e.id = r.id`.execute(tx);
  }
}

/** By id, locked for a change when `lock`; unknown ids are left out. */
export async function loadEmployees(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  ids: readonly EmployeeId[],
  lock: boolean,
): Promise<StoredEmployee[]> {
  const { rows } = await sql<EmployeeRow>`
    select ${employeeColumns} from employees e
    where e.tenant_id = ${thisTenant} and e.id = any(${ids}::text[])
    order by e.id ${lock ? sql`for update` : sql``}`.execute(tx);
  return (await openBirths(keys, tx, rows)).map(toEmployee);
}

/** By employee number, locked for a change. */
export async function loadByNumber(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  numbers: readonly string[],
): Promise<StoredEmployee[]> {
  const { rows } = await sql<EmployeeRow>`
    select ${employeeColumns} from employees e
    where e.tenant_id = ${thisTenant} and e.number = any(${numbers}::text[])
    order by e.id for update`.execute(tx);
  return (await openBirths(keys, tx, rows)).map(toEmployee);
}

export interface ReferenceLink {
  readonly system: string;
  readonly value: string;
  readonly employeeId: EmployeeId;
}

const moved = sql`do update set employee_id = excluded.employee_id, linked_at = excluded.linked_at
  where employee_references.employee_id <> excluded.employee_id`;

/**
 * Links other systems' ids to people; an id that was linked before now leads to the person given here, or is kept.
 * Answers the links that are new or lead elsewhere now.
 */
export async function upsertReferences(
  tx: Tx,
  tenantId: TenantId,
  links: readonly ReferenceLink[],
  at: Instant,
  existing: 'move' | 'keep' = 'move',
): Promise<ReferenceLink[]> {
  if (links.length === 0) return [];
  const once = [...new Map(links.map((link) => [`${link.system}\n${link.value}`, link])).values()];
  const { rows } = await sql<ReferenceLink>`
    insert into employee_references (tenant_id, system, external_id, employee_id, linked_at)
    select ${tenantId}, r.*, ${at}::timestamptz from unnest(
      ${columns.text(once.map((link) => link.system))}::text[],
      ${columns.text(once.map((link) => link.value))}::text[],
      ${columns.text(once.map((link) => link.employeeId))}::text[]) as r
    on conflict (tenant_id, system, external_id) ${existing === 'move' ? moved : sql`do nothing`}
    returning system, external_id as value, employee_id as "employeeId"`.execute(tx);
  return rows;
}

export async function listReferences(
  tx: Tx,
  employeeId: EmployeeId,
): Promise<{ system: string; value: string; linkedAt: string }[]> {
  const { rows } = await sql<{ system: string; external_id: string; linked_at: Date }>`
    select system, external_id, linked_at from employee_references
    where tenant_id = ${thisTenant} and employee_id = ${employeeId} order by system, external_id`.execute(tx);
  return rows.map((row) => ({
    system: row.system,
    value: row.external_id,
    linkedAt: row.linked_at.toISOString(),
  }));
}

/** Zone that holds for each employee when it has none of its own: the location's, else the tenant's. */
export async function loadZones(
  tx: Tx,
): Promise<{ tenant: string; byLocation: ReadonlyMap<string, string> }> {
  const { rows } = await sql<{ id: string | null; zone: string }>`
    select null as id, zone from tenants where tenant_id = ${thisTenant}
    union all select id, zone from locations where tenant_id = ${thisTenant}`.execute(tx);
  const byLocation = new Map(rows.filter((row) => row.id !== null).map((row) => [row.id ?? '', row.zone]));
  return { tenant: rows.find((row) => row.id === null)?.zone ?? 'UTC', byLocation };
}
