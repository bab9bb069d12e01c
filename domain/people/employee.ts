import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { Phase, Requirements } from '#contracts/person-facts';
import type { CalendarDate, Instant } from '#contracts/time';

export interface EmploymentPeriod {
  readonly from: CalendarDate;
  /** Last day worked; null = open. */
  readonly to: CalendarDate | null;
}

/** What lifecycle events change about a person. */
export interface EmployeeState {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly birthDate: CalendarDate | null;
  /** Home terminal's IANA zone; null = the location's, else the tenant's. */
  readonly zone: string | null;
  readonly jurisdiction: string | null;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
  readonly managerId: EmployeeId | null;
  readonly safetySensitiveFirstAt: Instant | null;
  /** In place of the job role's; null = the job role's. */
  readonly requirements: Requirements | null;
  /** What was declared last, even when it lies ahead: `phaseOn` tells the phase of a day. */
  readonly declaredPhase: Phase;
  /** Oldest first, without overlap; only the last can be open. */
  readonly periods: readonly EmploymentPeriod[];
  readonly leaveFrom: CalendarDate | null;
  readonly returnOn: CalendarDate | null;
}

export interface Employee extends EmployeeState {
  readonly id: EmployeeId;
  readonly tenantId: TenantId;
  /** The employer's own number, unique in the tenant. */
  readonly number: string;
}

/**
 * A name without case, accents and punctuation: `José O'Neill` → `jose oneill`. For order, search and matching, never
 * for show.
 */
export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\p{M}'’.‘`-]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What lists sort by and names match by: last name first. */
export function nameKey(name: { readonly firstName: string; readonly lastName: string }): string {
  return `${plainName(name.lastName)}|${plainName(name.firstName)}`;
}

/** What search looks in. */
export function searchKey(person: {
  readonly firstName: string;
  readonly lastName: string;
  readonly number: string;
  readonly email: string | null;
}): string {
  const names = `${plainName(person.firstName)} ${plainName(person.lastName)}`;
  return `${names} ${person.number.toLowerCase()} ${person.email?.toLowerCase() ?? ''}`.trim();
}
