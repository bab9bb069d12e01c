import { sql } from 'kysely';
import type { DivisionId, EmployeeId, JobRoleId, LocationId } from '#contracts/ids';
import type { Phase } from '#contracts/person-facts';
import type { Tx } from '#platform/postgres';
import { thisTenant } from './visible.ts';

/** A person in one narrow row: what the board holds of everybody. Not cut to a scope: the caller does that, per viewer. */
export interface RosterLine {
  readonly id: EmployeeId;
  readonly number: string;
  readonly name: string;
  /** Order of lists. */
  readonly nameKey: string;
  readonly phase: Phase;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
}

interface LineRow {
  id: EmployeeId;
  number: string;
  first_name: string;
  last_name: string;
  name_key: string;
  phase: Phase;
  division_id: DivisionId | null;
  location_id: LocationId | null;
  job_role_id: JobRoleId | null;
}

/** Everybody of the transaction's tenant. */
export async function listRosterLines(tx: Tx): Promise<RosterLine[]> {
  const { rows } = await sql<LineRow>`
    select id, number, first_name, last_name, name_key, phase, division_id, location_id, job_role_id
    from employees where tenant_id = ${thisTenant}`.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: `${row.first_name} ${row.last_name}`,
    nameKey: row.name_key,
    phase: row.phase,
    divisionId: row.division_id,
    locationId: row.location_id,
    jobRoleId: row.job_role_id,
  }));
}

/** Differs when anybody of the tenant was added or changed, or a place was. */
export async function rosterVersion(tx: Tx): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select concat_ws('/', (select count(*) from employees where tenant_id = ${thisTenant}),
      (select max(updated_at) from employees where tenant_id = ${thisTenant}),
      (select count(*) from divisions where tenant_id = ${thisTenant}),
      (select count(*) from locations where tenant_id = ${thisTenant}),
      (select count(*) from job_roles where tenant_id = ${thisTenant})) as version`.execute(tx);
  return rows[0]?.version ?? '';
}

/** Names of the tenant's places, by name. */
export async function listPlaceNames(tx: Tx): Promise<{
  divisions: { id: string; name: string }[];
  locations: { id: string; name: string }[];
  jobRoles: { id: string; name: string }[];
}> {
  const { rows } = await sql<{ kind: string; id: string; name: string }>`
    select 'division' as kind, id, name from divisions where tenant_id = ${thisTenant}
    union all select 'location', id, name from locations where tenant_id = ${thisTenant}
    union all select 'job_role', id, name from job_roles where tenant_id = ${thisTenant}
    order by name, id`.execute(tx);
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({ id, name }) => ({ id, name }));
  return { divisions: of('division'), locations: of('location'), jobRoles: of('job_role') };
}
