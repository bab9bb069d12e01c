import { sql } from 'kysely';
import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { PersonFacts, Requirements } from '#contracts/person-facts';
import type { Instant } from '#contracts/time';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { openBirths } from './births.ts';
import { daysAt } from './days.ts';
import { phaseOn, type Employment } from './lifecycle.ts';
import { thisTenant } from './visible.ts';

/** A person as rules see them, with what announcements need: the name, and where the person belongs. */
export interface Person {
  readonly facts: PersonFacts;
  readonly name: string;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
}

interface FactsRow {
  id: EmployeeId;
  tenant_id: TenantId;
  name: string;
  division_id: DivisionId | null;
  location_id: LocationId | null;
  job_role_id: JobRoleId | null;
  declared_phase: Employment['declaredPhase'];
  periods: Employment['periods'];
  leave_from: string | null;
  return_on: string | null;
  birth_date: string | null;
  birth_sealed: string | null;
  zone: string;
  safety_sensitive_first_at: Date | null;
  jurisdiction: string | null;
  requirements: Requirements;
}

/**
 * The people as rules see them at an instant, in one query, in the order of the ids; ids that are not of the
 * transaction's tenant are left out. Phase is that of the day in the person's zone.
 */
export async function loadPersons(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
  at: Instant,
): Promise<Person[]> {
  if (employeeIds.length === 0) return [];
  const { rows } = await sql<FactsRow>`
    select e.id, e.tenant_id, e.first_name || ' ' || e.last_name as name, e.division_id, e.location_id, e.job_role_id,
      e.declared_phase, e.periods, e.leave_from::text, e.return_on::text,
      e.birth_date::text, e.birth_sealed, coalesce(e.zone, l.zone, t.zone) as zone, e.safety_sensitive_first_at,
      coalesce(e.jurisdiction, l.jurisdiction) as jurisdiction,
      coalesce(e.requirements, r.requirements, '{}'::jsonb) as requirements
    from unnest(${employeeIds}::text[]) with ordinality as k(id, n)
    join employees e on e.tenant_id = ${thisTenant} and e.id = k.id
    join tenants t on t.tenant_id = e.tenant_id
    left join locations l on l.tenant_id = e.tenant_id and l.id = e.location_id
    left join job_roles r on r.tenant_id = e.tenant_id and r.id = e.job_role_id
    order by k.n`.execute(tx);
  const dayIn = daysAt(Date.parse(at));
  return (await openBirths(keys, tx, rows)).map((row) => ({
    facts: toFacts(row, dayIn(row.zone)),
    name: row.name,
    divisionId: row.division_id,
    locationId: row.location_id,
    jobRoleId: row.job_role_id,
  }));
}

/** The facts alone. */
export async function personFacts(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
  at: Instant,
): Promise<PersonFacts[]> {
  return (await loadPersons(keys, tx, employeeIds, at)).map((person) => person.facts);
}

function toFacts(row: FactsRow, day: string): PersonFacts {
  const employment: Employment = {
    declaredPhase: row.declared_phase,
    periods: row.periods,
    leaveFrom: row.leave_from,
    returnOn: row.return_on,
    safetySensitiveFirstAt: row.safety_sensitive_first_at?.toISOString() ?? null,
  };
  const phase = phaseOn(employment, day);
  return {
    employeeId: row.id,
    tenantId: row.tenant_id,
    phase,
    periods: row.periods.map((period) => ({ ...period })),
    returnOn: phase === 'leave' ? row.return_on : null,
    birthDate: row.birth_date,
    zone: row.zone,
    safetySensitiveFirstAt: employment.safetySensitiveFirstAt,
    jurisdiction: row.jurisdiction,
    requirements: row.requirements,
  };
}
