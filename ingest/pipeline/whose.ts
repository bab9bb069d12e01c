import type { EmployeeId, TenantId } from '#contracts/ids';
import type { Newcomer } from '#domain/people';
import { PlumblineError } from '#platform/errors';
import { hasAnything } from '../draft.ts';
import type { DraftEvent, Subject } from '../source.ts';
import type { FailedArrival } from './steps.ts';

/** Finds employees; `null` = nobody for certain. One query for all subjects. */
export type MatchEmployees = (
  tenantId: TenantId,
  subjects: readonly Subject[],
) => Promise<readonly (EmployeeId | null)[]>;

/** Makes employees of newcomers, audited under the vendor's name; null where a person must look. */
export type AdmitPeople = (
  tenantId: TenantId,
  vendor: string,
  newcomers: readonly Newcomer[],
) => Promise<readonly (EmployeeId | null)[]>;

/** Whom a part of a body is about. */
export interface Wanted {
  readonly arrival: FailedArrival;
  readonly index: number;
  readonly subject: Subject;
  readonly draft: DraftEvent | null;
}

interface Ports {
  readonly matchEmployees: MatchEmployees;
  readonly admitPeople: AdmitPeople;
}

/**
 * The employee of each part, null for nobody. A person's decision comes first, then the match; then those whom an
 * authoritative personnel system hires are added. Matched people cost one query, newcomers one more.
 */
export async function findPeople(
  ports: Ports,
  tenantId: TenantId,
  wanted: readonly Wanted[],
): Promise<(EmployeeId | null)[]> {
  const found = await matchAll(ports.matchEmployees, tenantId, wanted);
  const newcomers = wanted.filter((want, at) => found[at] === null && mayAdmit(want) && newcomerOf(want));
  if (newcomers.length === 0) return found;
  try {
    return await admitted(ports, tenantId, wanted, found, newcomers);
  } catch (error) {
    // Another process added one of them a moment ago: now they can be found.
    if (!(error instanceof PlumblineError) || error.code !== 'people.number_taken') throw error;
    return matchAll(ports.matchEmployees, tenantId, wanted);
  }
}

/** Only a hire, and only from an endpoint that the company calls its authority on who works there. */
export function mayAdmit({ arrival, draft }: Wanted): boolean {
  return arrival.admitsPeople && draft?.module === 'people' && draft.type === 'employee.hired';
}

async function admitted(
  { admitPeople }: Ports,
  tenantId: TenantId,
  wanted: readonly Wanted[],
  found: readonly (EmployeeId | null)[],
  newcomers: readonly Wanted[],
): Promise<(EmployeeId | null)[]> {
  const added = new Map<string, EmployeeId>();
  for (const [vendor, ofVendor] of Map.groupBy(newcomers, (want) => want.arrival.vendor)) {
    const people = ofVendor.flatMap((want) => newcomerOf(want) ?? []);
    const ids = await admitPeople(tenantId, vendor, people);
    for (const [at, want] of ofVendor.entries()) {
      const id = ids[at];
      if (id) added.set(JSON.stringify(want.subject), id);
    }
  }
  // Other parts about the same person come along; each is still filed under that person only.
  return withinBatch(
    wanted,
    wanted.map((want, at) => found[at] ?? added.get(JSON.stringify(want.subject)) ?? null),
  );
}

const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

function newcomerOf({ subject, draft }: Wanted): Newcomer | null {
  const given = draft?.payload['profile'];
  const profile = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const number =
    word(profile['externalId']) ??
    subject.refs.find((one) => one.system.startsWith('employee.'))?.value ??
    null;
  const firstName = word(profile['firstName']) ?? subject.name?.first ?? null;
  const lastName = word(profile['lastName']) ?? subject.name?.last ?? null;
  if (number === null || firstName === null || lastName === null) return null;
  return {
    number,
    firstName,
    lastName,
    email: subject.email,
    birthDate: subject.birthDate,
    refs: subject.refs.filter((one) => one.own).map(({ system, value }) => ({ system, value })),
  };
}

/** Parts of one body mostly share one subject, asked for once. */
async function matchAll(
  match: MatchEmployees,
  tenantId: TenantId,
  wanted: readonly Wanted[],
): Promise<(EmployeeId | null)[]> {
  const asked = new Map<string, Subject>();
  for (const want of wanted) {
    if (!decidedFor(want) && hasAnything(want.subject)) asked.set(JSON.stringify(want.subject), want.subject);
  }
  const answers = asked.size > 0 ? await match(tenantId, [...asked.values()]) : [];
  const found = new Map([...asked.keys()].map((key, at) => [key, answers[at] ?? null] as const));
  const direct = wanted.map((want) => decidedFor(want) ?? found.get(JSON.stringify(want.subject)) ?? null);
  return withinBatch(wanted, direct);
}

/** A message earlier in the batch can tell whose order a later one is about. */
function withinBatch(
  wanted: readonly Wanted[],
  direct: readonly (EmployeeId | null)[],
): (EmployeeId | null)[] {
  const told = new Map<string, EmployeeId>();
  const keysOf = (want: Wanted) =>
    want.subject.refs.filter((one) => one.own).map(({ system, value }) => `${system}\0${value}`);
  for (const [at, want] of wanted.entries()) {
    const employeeId = direct[at];
    if (employeeId) for (const key of keysOf(want)) told.set(key, employeeId);
  }
  return wanted.map((want, at) => {
    const key = direct[at] ? undefined : keysOf(want).find((one) => told.has(one));
    return direct[at] ?? (key ? (told.get(key) ?? null) : null);
  });
}

function decidedFor(want: Wanted): EmployeeId | undefined {
  const item = itemOf(want);
  return Object.hasOwn(want.arrival.matched, item) ? want.arrival.matched[item] : undefined;
}

/** The part of its body, as dead letters name it. */
export function itemOf(want: Pick<Wanted, 'draft' | 'index'>): string {
  return want.draft?.dedupeKey ?? `#${want.index}`;
}
