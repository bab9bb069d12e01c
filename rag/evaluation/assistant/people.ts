import { idPrefixes, type IdKind } from '#contracts/ids';
import type { Phase } from '#contracts/person-facts';

/** A made-up company for asking the assistant, and another whose people nobody of the first may ever read about. */
export const companies = ['ours', 'theirs'] as const;
export type Company = (typeof companies)[number];

export function madeId(kind: IdKind, number: number): string {
  return `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;
}

export const tenantOf = (company: Company): string => madeId('tenant', company === 'ours' ? 1 : 2);

export interface TrialPerson {
  readonly company: Company;
  /** From 0; those of the other company from 1000. */
  readonly number: number;
  readonly employeeId: string;
  readonly name: string;
  readonly phase: Phase;
  readonly division: Unit;
  readonly location: Unit;
  readonly jobRole: Unit;
}

interface Unit {
  readonly id: string;
  readonly name: string;
}

const unit =
  (kind: IdKind) =>
  (name: string, at: number): Unit => ({ id: madeId(kind, at + 1), name });
const divisions = ['Linehaul', 'Tank & hazmat', 'Field services'].map(unit('division'));
const locations = ['Laredo', 'Odessa', 'Tulsa', 'Memphis'].map(unit('location'));
const jobRoles = ['CDL driver', 'Forklift operator', 'Site lead'].map(unit('jobRole'));
const theirDivision: Unit = { id: madeId('division', 91), name: 'Vexley freight' };
const theirLocation: Unit = { id: madeId('location', 91), name: 'Quillport' };
const theirJob: Unit = { id: madeId('jobRole', 91), name: 'Vexley hauler' };

/** State of each location by its id. */
export const trialStates: ReadonlyMap<string, string> = new Map([
  [madeId('location', 1), 'TX'],
  [madeId('location', 2), 'TX'],
  [madeId('location', 3), 'OK'],
  [madeId('location', 4), 'TN'],
]);

const firstNames = [
  'Maria',
  'James',
  'Aisha',
  'Luis',
  'Karen',
  'Dmitri',
  'Grace',
  'Owen',
  'Priya',
  'Samuel',
  'Nina',
  'Hector',
];
const lastNames = ['Ortiz', 'Walker', 'Haddad', 'Moreno', 'Lindgren', 'Petrov', 'Okafor', 'Byrne'];

/** Which places limited askers are given: a division, a location, one person. */
export const trialPlaces = {
  tenantId: tenantOf('ours'),
  divisionIds: [divisions[0]?.id ?? ''],
  locationIds: [locations[0]?.id ?? ''],
  employeeId: madeId('employee', 4),
} as const;

const ofSize = (size: number): number[] => Array.from({ length: size }, (_, at) => at);
const pick = <T>(list: readonly T[], at: number): T => {
  const found = list[at % list.length];
  if (found === undefined) throw new RangeError('an empty list has nothing to pick');
  return found;
};

function phaseOf(number: number): Phase {
  if (number % 16 === 5) return 'leave';
  if (number % 16 === 9) return 'applicant';
  return number % 24 === 11 ? 'terminated' : 'active';
}

function ourPerson(number: number): TrialPerson {
  return {
    company: 'ours',
    number,
    employeeId: madeId('employee', number + 1),
    name: `${pick(firstNames, number)} ${pick(lastNames, Math.floor(number / 2) + Math.floor(number / 12))}`,
    phase: phaseOf(number),
    division: pick(divisions, number),
    location: pick(locations, Math.floor(number / 3)),
    jobRole: pick(jobRoles, Math.floor(number / 2)),
  };
}

function theirPerson(at: number): TrialPerson {
  const number = 1000 + at;
  return {
    company: 'theirs',
    number,
    employeeId: madeId('employee', number + 1),
    name: `${pick(['Maria', 'James', 'Vexwyn'], at)} Quillon${at}`,
    phase: 'active',
    division: theirDivision,
    location: theirLocation,
    jobRole: theirJob,
  };
}

export const trialPeople: readonly TrialPerson[] = [
  ...ofSize(48).map(ourPerson),
  ...ofSize(12).map(theirPerson),
];
