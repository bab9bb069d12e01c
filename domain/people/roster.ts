import * as z from 'zod';
import { sql, type RawBuilder } from 'kysely';
import { idSchema, type DivisionId, type EmployeeId, type JobRoleId, type LocationId } from '#contracts/ids';
import { phaseSchema, type Phase } from '#contracts/person-facts';
import { isDeidentified, visibilityOf, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Tx } from '#platform/postgres';
import { plainName, type EmploymentPeriod } from './employee.ts';
import { employeeColumns, toEmployee, type EmployeeRow, type StoredEmployee } from './store.postgres.ts';
import { visibleEmployees } from './visible.ts';

/** Which people to show. All given parts must hold; an empty list of values admits nobody. */
export const employeeFilterSchema = z.object({
  /** Beginnings or parts of names, number or e-mail; each word must occur. */
  text: z.string().max(200).optional(),
  ids: z.array(idSchema('employee')).max(5000).readonly().optional(),
  phases: z.array(phaseSchema).readonly().optional(),
  divisionIds: z.array(idSchema('division')).readonly().optional(),
  locationIds: z.array(idSchema('location')).readonly().optional(),
  jobRoleIds: z.array(idSchema('jobRole')).readonly().optional(),
  managerId: idSchema('employee').optional(),
  /** The whole number, exactly. */
  number: z.string().max(100).optional(),
});
export type EmployeeFilter = z.infer<typeof employeeFilterSchema>;

export const employeePageSchema = z.object({
  limit: z.int().min(1).max(500),
  /** The `next` of the page before this one. */
  after: z.string().max(1000).optional(),
});
export type EmployeePage = z.infer<typeof employeePageSchema>;

/** A person as a viewer may see them. De-identified viewers get neither name nor number nor place. */
export interface EmployeeView {
  readonly id: EmployeeId;
  /** False when the viewer may not know who it is; then all that could tell is null. */
  readonly identified: boolean;
  readonly number: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phase: Phase;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
  readonly managerId: EmployeeId | null;
  readonly hiredOn: string | null;
  readonly terminatedOn: string | null;
  readonly returnOn: string | null;
}

/** One person in full. */
export interface EmployeeDetail extends EmployeeView {
  /** Whether a date of birth is held. The date itself is read by revealing it. */
  readonly birthDateHeld: boolean;
  readonly zone: string | null;
  readonly jurisdiction: string | null;
  readonly periods: readonly EmploymentPeriod[];
  readonly leaveFrom: string | null;
  readonly safetySensitiveFirstAt: string | null;
}

/** By name, page by page. Throws `people.not_permitted` and, for de-identified viewers who search by text, `people.search_not_permitted`. */
export async function listEmployees(
  tx: Tx,
  scope: Scope,
  filter: EmployeeFilter,
  page: EmployeePage,
): Promise<{ employees: EmployeeView[]; next: string | null }> {
  requireSight(scope, filter);
  // The order of names would tell about names.
  const order = isDeidentified(scope) ? sql`e.id` : sql`e.name_key, e.id`;
  const { rows } = await sql<EmployeeRow & { name_key: string }>`
    select ${employeeColumns}, e.name_key from employees e
    where ${visibleEmployees(scope, 'e')} and ${matching(filter)} and ${after(scope, page.after)}
    order by ${order} limit ${page.limit + 1}`.execute(tx);
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    employees: shown.map((row) => toView(scope, toEmployee(row))),
    next: rows.length > page.limit && last ? cursor(scope, last) : null,
  };
}

export async function countEmployees(tx: Tx, scope: Scope, filter: EmployeeFilter): Promise<number> {
  requireSight(scope, filter);
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from employees e
    where ${visibleEmployees(scope, 'e')} and ${matching(filter)}`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

/** The person, or null when there is none in the scope: outside the scope and absent look the same. */
export async function findEmployee(tx: Tx, scope: Scope, id: EmployeeId): Promise<EmployeeDetail | null> {
  requireSight(scope, {});
  const { rows } = await sql<EmployeeRow>`
    select ${employeeColumns} from employees e where ${visibleEmployees(scope, 'e')} and e.id = ${id}`.execute(
    tx,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return toDetail(scope, toEmployee(row), row.birth_sealed !== null || row.birth_date !== null);
}

function requireSight(scope: Scope, filter: EmployeeFilter): void {
  if (scope.ownEmployeeId === null && visibilityOfAny(scope) === 'none') {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'people.not_permitted',
      detail: 'Your role sees no compliance module, so it sees no people.',
    });
  }
  const searched = (filter.text ?? '').trim() !== '' || filter.number !== undefined;
  if (searched && isDeidentified(scope)) {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'people.search_not_permitted',
      detail: 'Your role sees de-identified data, so people cannot be searched by name, number or e-mail.',
    });
  }
}

const peopleModules = ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'] as const;

function visibilityOfAny(scope: Scope): 'some' | 'none' {
  return peopleModules.some((module) => visibilityOf(scope, module) !== 'none') ? 'some' : 'none';
}

function matching(filter: EmployeeFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`true`];
  if (filter.ids !== undefined) parts.push(sql`e.id = any(${filter.ids}::text[])`);
  if (filter.phases !== undefined) parts.push(sql`e.phase = any(${filter.phases}::text[])`);
  if (filter.divisionIds !== undefined) parts.push(sql`e.division_id = any(${filter.divisionIds}::text[])`);
  if (filter.locationIds !== undefined) parts.push(sql`e.location_id = any(${filter.locationIds}::text[])`);
  if (filter.jobRoleIds !== undefined) parts.push(sql`e.job_role_id = any(${filter.jobRoleIds}::text[])`);
  if (filter.number !== undefined) parts.push(sql`e.number = ${filter.number}`);
  if (filter.managerId !== undefined) parts.push(sql`e.manager_id = ${filter.managerId}`);
  for (const word of searchWords(filter.text ?? '')) parts.push(sql`e.search_key like ${`%${word}%`}`);
  return sql.join(parts, sql` and `);
}

/** Each word as names are written in `search_key`, and as it was typed, when those differ (e-mails, numbers). */
function searchWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .flatMap((word) => (/[@\d._-]/.test(word) ? [word] : plainName(word).split(' ')))
    .filter((word) => word !== '')
    .map((word) => word.replaceAll(/[\\%_]/g, String.raw`\$&`));
}

function cursor(scope: Scope, row: { name_key: string; id: string }): string {
  const place = isDeidentified(scope) ? [row.id] : [row.name_key, row.id];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function after(scope: Scope, text: string | undefined): RawBuilder<unknown> {
  if (text === undefined) return sql`true`;
  const place = readCursor(text);
  if (isDeidentified(scope)) return sql`e.id > ${place.at(-1) ?? ''}`;
  return sql`(e.name_key, e.id) > (${place[0] ?? ''}, ${place[1] ?? ''})`;
}

function readCursor(text: string): string[] {
  try {
    return (
      z
        // The database takes no zero byte, wherever a client got it from.
        .array(z.string().regex(/^[^\0]*$/))
        .min(1)
        .max(2)
        .parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    );
  } catch (cause) {
    throw new PlumblineError({
      kind: 'malformed',
      code: 'people.cursor_unreadable',
      detail: 'The place in the list is not readable. Start again from the first page.',
      cause,
    });
  }
}

function toView(scope: Scope, employee: StoredEmployee): EmployeeView {
  const identified = !isDeidentified(scope);
  const last = employee.periods.at(-1);
  return {
    id: employee.id,
    identified,
    number: identified ? employee.number : null,
    firstName: identified ? employee.firstName : null,
    lastName: identified ? employee.lastName : null,
    email: identified ? employee.email : null,
    phase: employee.phase,
    divisionId: employee.divisionId,
    locationId: identified ? employee.locationId : null,
    jobRoleId: identified ? employee.jobRoleId : null,
    managerId: identified ? employee.managerId : null,
    hiredOn: identified ? (last?.from ?? null) : null,
    terminatedOn: identified ? (last?.to ?? null) : null,
    returnOn: identified ? employee.returnOn : null,
  };
}

function toDetail(scope: Scope, employee: StoredEmployee, birthDateHeld: boolean): EmployeeDetail {
  const view = toView(scope, employee);
  return {
    ...view,
    birthDateHeld: view.identified && birthDateHeld,
    zone: view.identified ? employee.zone : null,
    jurisdiction: employee.jurisdiction,
    periods: view.identified ? employee.periods : [],
    leaveFrom: view.identified ? employee.leaveFrom : null,
    safetySensitiveFirstAt: view.identified ? employee.safetySensitiveFirstAt : null,
  };
}
