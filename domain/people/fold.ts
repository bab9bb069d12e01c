import type { DivisionId, EmployeeId, JobRoleId, LocationId } from '#contracts/ids';
import type { EmployeeProfile } from '#contracts/events/people';
import type { EmployeeState } from './employee.ts';
import { step, type LifecycleEvent } from './lifecycle.ts';

/** A `people` compliance event, as far as the person's state depends on it. */
export type PeopleEvent = LifecycleEvent & {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly version: number;
};

/** Turns a personnel system's words for places, roles and managers into ids; undefined = not known. */
export interface Directory {
  readonly division: (ref: string) => DivisionId | undefined;
  readonly location: (ref: string) => LocationId | undefined;
  readonly jobRole: (ref: string) => JobRoleId | undefined;
  readonly manager: (ref: string) => EmployeeId | undefined;
}

export interface FoldedPerson<S extends EmployeeState> {
  readonly state: S;
  /** By event id: why a person must look. Events not named were applied. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Order of a person's events: by instant, then the vendor's version, then id. */
export function comparePeopleEvents(
  a: Pick<PeopleEvent, 'occurredAt' | 'version' | 'id'>,
  b: Pick<PeopleEvent, 'occurredAt' | 'version' | 'id'>,
): number {
  const byTime = Date.parse(a.occurredAt) - Date.parse(b.occurredAt);
  if (byTime !== 0) return byTime;
  if (a.version !== b.version) return a.version - b.version;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/**
 * The person after these events. Pure: the answer depends on the set of events, not on their order or repetition.
 * A part that does not fit is left as it was and named in `refused`; the rest of that event still counts.
 */
export function applyPeopleEvents<S extends EmployeeState>(
  employee: S,
  events: readonly PeopleEvent[],
  directory: Directory,
): FoldedPerson<S> {
  const once = new Map(events.map((event) => [event.id, event]));
  const refused = new Map<string, string>();
  let state = employee;
  for (const event of [...once.values()].toSorted(comparePeopleEvents)) {
    const moved = step(state, event);
    const problems = moved.refused === null ? [] : [moved.refused];
    state = moved.state;
    if ('profile' in event.payload) state = applyProfile(state, event.payload.profile, directory, problems);
    if (problems.length > 0) refused.set(event.id, problems.join('; '));
  }
  return { state, refused };
}

function applyProfile<S extends EmployeeState>(
  state: S,
  profile: EmployeeProfile,
  directory: Directory,
  problems: string[],
): S {
  return {
    ...state,
    firstName: profile.firstName?.trim() || state.firstName,
    lastName: profile.lastName?.trim() || state.lastName,
    email: given(profile.email, state.email)?.trim().toLowerCase() || null,
    birthDate: given(profile.birthDate, state.birthDate),
    zone: zoneOf(profile.zone, state.zone, problems),
    jurisdiction: given(profile.jurisdiction, state.jurisdiction),
    divisionId: resolved('division', profile.divisionRef, state.divisionId, directory.division, problems),
    locationId: resolved('location', profile.locationRef, state.locationId, directory.location, problems),
    jobRoleId: resolved('job role', profile.jobRoleRef, state.jobRoleId, directory.jobRole, problems),
    managerId: resolved('manager', profile.managerRef, state.managerId, directory.manager, problems),
    safetySensitiveFirstAt: given(profile.safetySensitiveFirstAt, state.safetySensitiveFirstAt),
    requirements: profile.requirements ?? state.requirements,
  };
}

/** Undefined = the event is silent about it; null = it is none. */
function given<T>(next: T | null | undefined, present: T | null): T | null {
  return next === undefined ? present : next;
}

function resolved<I>(
  what: string,
  ref: string | null | undefined,
  present: I | null,
  find: (ref: string) => I | undefined,
  problems: string[],
): I | null {
  if (ref === undefined) return present;
  if (ref === null) return null;
  const found = find(ref);
  if (found !== undefined) return found;
  problems.push(`${what} "${ref}" is not known`);
  return present;
}

function zoneOf(zone: string | undefined, present: string | null, problems: string[]): string | null {
  if (zone === undefined) return present;
  if (isZone(zone)) return zone;
  problems.push(`"${zone}" is not an IANA time zone`);
  return present;
}

/** True for a time zone that this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
