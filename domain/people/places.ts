import { sql, type RawBuilder } from 'kysely';
import type { DivisionId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { Requirements } from '#contracts/person-facts';
import type { Scope } from '#domain/identity';
import type { Tx } from '#platform/postgres';
import { thisTenant, visibleEmployees } from './visible.ts';

export interface Division {
  readonly id: DivisionId;
  /** The word that files and personnel systems use. */
  readonly code: string;
  readonly name: string;
  /** People of the scope who are not terminated. */
  readonly people: number;
}

export interface Location {
  readonly id: LocationId;
  readonly code: string;
  readonly name: string;
  readonly zone: string;
  readonly jurisdiction: string | null;
  readonly people: number;
}

export interface JobRole {
  readonly id: JobRoleId;
  readonly code: string;
  readonly name: string;
  readonly requirements: Requirements;
  readonly people: number;
}

/** How many of the scope's people hold each value of a column. */
function counts(scope: Scope, column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select ${column} as id, count(*)::int as people from employees e
    where ${visibleEmployees(scope, 'e')} and e.phase <> 'terminated' group by 1)`;
}

export async function listDivisions(tx: Tx, scope: Scope): Promise<Division[]> {
  const { rows } = await sql<Division>`
    select d.id, d.code, d.name, coalesce(c.people, 0) as people
    from divisions d left join ${counts(scope, sql`e.division_id`)} c on c.id = d.id
    where d.tenant_id = ${thisTenant} order by d.name, d.id`.execute(tx);
  return rows;
}

export async function listLocations(tx: Tx, scope: Scope): Promise<Location[]> {
  const { rows } = await sql<Location>`
    select l.id, l.code, l.name, l.zone, l.jurisdiction, coalesce(c.people, 0) as people
    from locations l left join ${counts(scope, sql`e.location_id`)} c on c.id = l.id
    where l.tenant_id = ${thisTenant} order by l.name, l.id`.execute(tx);
  return rows;
}

export async function listJobRoles(tx: Tx, scope: Scope): Promise<JobRole[]> {
  const { rows } = await sql<JobRole>`
    select r.id, r.code, r.name, r.requirements, coalesce(c.people, 0) as people
    from job_roles r left join ${counts(scope, sql`e.job_role_id`)} c on c.id = r.id
    where r.tenant_id = ${thisTenant} order by r.name, r.id`.execute(tx);
  return rows;
}

/** New or changed by code. Answers the ids in the order given. */
export async function upsertDivisions(
  tx: Tx,
  tenantId: TenantId,
  divisions: readonly { id: DivisionId; code: string; name: string }[],
): Promise<DivisionId[]> {
  const { rows } = await sql<{ id: DivisionId; code: string }>`
    insert into divisions (tenant_id, id, code, name)
    select ${tenantId}, r.id, r.code, r.name
    from jsonb_to_recordset(${JSON.stringify(divisions)}::jsonb) as r(id text, code text, name text)
    on conflict (tenant_id, code) do update set name = excluded.name returning id, code`.execute(tx);
  return inOrder(divisions, rows);
}

export async function upsertLocations(
  tx: Tx,
  tenantId: TenantId,
  locations: readonly Omit<Location, 'people'>[],
): Promise<LocationId[]> {
  const { rows } = await sql<{ id: LocationId; code: string }>`
    insert into locations (tenant_id, id, code, name, zone, jurisdiction)
    select ${tenantId}, r.id, r.code, r.name, r.zone, r.jurisdiction
    from jsonb_to_recordset(${JSON.stringify(locations)}::jsonb)
      as r(id text, code text, name text, zone text, jurisdiction text)
    on conflict (tenant_id, code) do update
      set name = excluded.name, zone = excluded.zone, jurisdiction = excluded.jurisdiction
    returning id, code`.execute(tx);
  return inOrder(locations, rows);
}

export async function upsertJobRoles(
  tx: Tx,
  tenantId: TenantId,
  jobRoles: readonly { id: JobRoleId; code: string; name: string; requirements: Requirements }[],
): Promise<JobRoleId[]> {
  const { rows } = await sql<{ id: JobRoleId; code: string }>`
    insert into job_roles (tenant_id, id, code, name, requirements)
    select ${tenantId}, r.id, r.code, r.name, r.requirements
    from jsonb_to_recordset(${JSON.stringify(jobRoles)}::jsonb)
      as r(id text, code text, name text, requirements jsonb)
    on conflict (tenant_id, code) do update set name = excluded.name, requirements = excluded.requirements
    returning id, code`.execute(tx);
  return inOrder(jobRoles, rows);
}

function inOrder<I>(wanted: readonly { code: string }[], rows: readonly { id: I; code: string }[]): I[] {
  const byCode = new Map(rows.map((row) => [row.code, row.id]));
  return wanted.map((each) => byCode.get(each.code)).filter((id) => id !== undefined);
}

/** Those of these ids that are no place or role of the transaction's tenant. */
export async function findUnknownPlaces(
  tx: Tx,
  used: { divisions: readonly string[]; locations: readonly string[]; jobRoles: readonly string[] },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    (select unnest(${used.divisions}::text[]) as id except select id from divisions where tenant_id = ${thisTenant})
    union all
    (select unnest(${used.locations}::text[]) except select id from locations where tenant_id = ${thisTenant})
    union all
    (select unnest(${used.jobRoles}::text[]) except select id from job_roles where tenant_id = ${thisTenant})`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}
