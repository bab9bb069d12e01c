import { isDeepStrictEqual } from 'node:util';
import type { Employee, EmployeeState } from './employee.ts';

/** The part of an employee that events change, as it is kept for folding again. */
export function stateOf(employee: EmployeeState): EmployeeState {
  return {
    firstName: employee.firstName,
    lastName: employee.lastName,
    email: employee.email,
    birthDate: employee.birthDate,
    zone: employee.zone,
    jurisdiction: employee.jurisdiction,
    divisionId: employee.divisionId,
    locationId: employee.locationId,
    jobRoleId: employee.jobRoleId,
    managerId: employee.managerId,
    safetySensitiveFirstAt: employee.safetySensitiveFirstAt,
    requirements: employee.requirements,
    declaredPhase: employee.declaredPhase,
    periods: employee.periods,
    leaveFrom: employee.leaveFrom,
    returnOn: employee.returnOn,
  };
}

/** The fields that differ, for the audit log; null when nothing does. */
export function changesOf(
  before: Employee,
  after: Employee,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const old: Record<string, unknown> = { ...before };
  const next: Record<string, unknown> = { ...after };
  const fields = Object.keys(next).filter((field) => !isDeepStrictEqual(old[field], next[field]));
  if (fields.length === 0) return null;
  return {
    before: Object.fromEntries(fields.map((field) => [field, old[field] ?? null])),
    after: Object.fromEntries(fields.map((field) => [field, next[field] ?? null])),
  };
}
