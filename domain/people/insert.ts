import { createHash } from 'node:crypto';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import { isUniqueViolation, type Tx } from '#platform/postgres';
import { openCalendar } from './calendar.ts';
import type { Employee } from './employee.ts';
import { isZone } from './fold.ts';
import { findUnknownPlaces } from './places.ts';
import { insertEmployees, upsertReferences } from './store.postgres.ts';

/** A person to add. Optional parts are null or empty when absent. */
export type NewEmployee = Pick<Employee, 'number' | 'firstName' | 'lastName' | 'declaredPhase' | 'periods'> &
  Partial<Omit<Employee, 'tenantId'>> & {
    /** Ids by which other systems know the person. */
    readonly refs?: readonly { readonly system: string; readonly value: string }[];
  };

export interface InsertDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
  readonly keys: Keys;
}

/** A new person without the parts that nobody gave. */
function toNewEmployee(tenantId: TenantId, id: EmployeeId, given: NewEmployee): Employee {
  return {
    id,
    tenantId,
    number: given.number,
    firstName: given.firstName,
    lastName: given.lastName,
    email: given.email?.trim().toLowerCase() || null,
    birthDate: given.birthDate ?? null,
    zone: given.zone ?? null,
    jurisdiction: given.jurisdiction ?? null,
    divisionId: given.divisionId ?? null,
    locationId: given.locationId ?? null,
    jobRoleId: given.jobRoleId ?? null,
    managerId: given.managerId ?? null,
    safetySensitiveFirstAt: given.safetySensitiveFirstAt ?? null,
    requirements: given.requirements ?? null,
    declaredPhase: given.declaredPhase,
    periods: given.periods,
    leaveFrom: given.leaveFrom ?? null,
    returnOn: given.returnOn ?? null,
  };
}

/**
 * Adds people, any number, in the caller's transaction, and links their references. One audit entry names how many and
 * carries a digest of what was added; `each` writes one entry per person instead.
 * Throws `people.number_taken`, `people.place_unknown` and `people.zone_unknown`.
 * @returns the ids in the order given.
 */
export async function insertMany(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  people: readonly NewEmployee[],
  context: ActContext,
  trail: 'batch' | 'each' = 'batch',
): Promise<EmployeeId[]> {
  if (people.length === 0) return [];
  const onCalendar = await openCalendar(tx, deps.clock);
  const employees = people.map((given) =>
    onCalendar(toNewEmployee(tenantId, given.id ?? deps.ids.next('employee'), given)),
  );
  requireZones(employees);
  await requirePlaces(tx, employees);
  const now = deps.clock.now();
  try {
    await insertEmployees(deps.keys, tx, tenantId, employees, now);
  } catch (error) {
    throw toInsertError(error);
  }
  const links = people.flatMap((given, index) => {
    const employeeId = employees[index]?.id;
    return employeeId === undefined ? [] : (given.refs ?? []).map((ref) => ({ ...ref, employeeId }));
  });
  await upsertReferences(tx, tenantId, links, now);
  const drafts =
    trail === 'batch'
      ? [batchDraft(employees, context)]
      : employees.map((employee) => ({
          ...context,
          act: 'people:employee:create',
          subject: { type: 'employee', id: employee.id },
          personal: true,
          after: employee,
        }));
  await deps.audit.append(tx, tenantId, drafts);
  return employees.map((employee) => employee.id);
}

function batchDraft(employees: readonly Employee[], context: ActContext) {
  const digest = createHash('sha256');
  for (const employee of employees) digest.update(JSON.stringify(employee)).update('\n');
  const first = employees[0];
  return {
    ...context,
    act: 'people:employees:insert',
    subject: { type: 'employees', id: first?.id ?? '' },
    after: {
      count: employees.length,
      firstNumber: first?.number ?? null,
      lastNumber: employees.at(-1)?.number ?? null,
      sha256: digest.digest('hex'),
    },
  };
}

/** Throws `people.zone_unknown`. Each zone is tried once: a bulk insert names few. */
export function requireZones(given: readonly { readonly zone: string | null }[]): void {
  const zones = new Set(given.map(({ zone }) => zone).filter((zone) => zone !== null));
  const unknown = [...zones].filter((zone) => !isZone(zone));
  if (unknown.length === 0) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'people.zone_unknown',
    detail: `${unknown.slice(0, 5).join(', ')} is no IANA time zone.`,
  });
}

/** Places of another tenant count as unknown: row security hides them. Throws `people.place_unknown`. */
async function requirePlaces(tx: Tx, employees: readonly Employee[]): Promise<void> {
  const used = (place: (employee: Employee) => string | null) => [
    ...new Set(employees.map(place).filter((id) => id !== null)),
  ];
  const unknown = await findUnknownPlaces(tx, {
    divisions: used((employee) => employee.divisionId),
    locations: used((employee) => employee.locationId),
    jobRoles: used((employee) => employee.jobRoleId),
  });
  if (unknown.length === 0) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'people.place_unknown',
    detail: `There is no division, location or job role ${unknown.slice(0, 5).join(', ')}.`,
  });
}

function toInsertError(error: unknown): unknown {
  if (!isUniqueViolation(error)) return error;
  return new PlumblineError({
    kind: 'conflict',
    code: 'people.number_taken',
    detail: 'An employee with that number exists already. Change that one, or give another number.',
    cause: error,
  });
}
