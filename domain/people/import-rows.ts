import * as z from 'zod';
import { phaseSchema } from '#contracts/person-facts';
import { dateSchema } from '#contracts/time';
import { isZone, type Directory } from './fold.ts';
import type { EmployeeState, EmploymentPeriod } from './employee.ts';

/** One row of a roster file, its columns under our names; blank = not given. Reading the file is the ingest's work. */
export interface ImportRow {
  /** Line in the file, for messages. */
  readonly line: number;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** Columns that an import understands. */
export const importColumns = [
  'number',
  'firstName',
  'lastName',
  'email',
  'birthDate',
  'phase',
  'hiredOn',
  'terminatedOn',
  'leaveFrom',
  'returnOn',
  'division',
  'location',
  'jobRole',
  'manager',
  'zone',
  'jurisdiction',
] as const;
export type ImportColumn = (typeof importColumns)[number];

export interface ImportReason {
  readonly line: number;
  /** The column at fault; null when it is the row as a whole. */
  readonly column: ImportColumn | null;
  readonly reason: string;
}

const date = dateSchema.optional();
const rowSchema = z
  .object({
    number: z.string('is required').max(100),
    firstName: z.string('is required').max(200),
    lastName: z.string('is required').max(200),
    email: z.email('is not an e-mail address').optional(),
    birthDate: date,
    phase: phaseSchema.optional(),
    hiredOn: date,
    terminatedOn: date,
    leaveFrom: date,
    returnOn: date,
    division: z.string().optional(),
    location: z.string().optional(),
    jobRole: z.string().optional(),
    manager: z.string().optional(),
    zone: z.string().refine(isZone, 'is not an IANA time zone').optional(),
    jurisdiction: z.string().max(10).optional(),
  })
  .superRefine((row, context) => {
    const fault = (path: ImportColumn, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (row.terminatedOn && !row.hiredOn) fault('hiredOn', 'is required beside terminatedOn');
    if (row.terminatedOn && row.hiredOn && row.terminatedOn < row.hiredOn)
      fault('terminatedOn', 'is before hiredOn');
    if (row.returnOn && !row.leaveFrom) fault('leaveFrom', 'is required beside returnOn');
    if (row.returnOn && row.leaveFrom && row.returnOn < row.leaveFrom)
      fault('returnOn', 'is before leaveFrom');
    if (row.phase === 'terminated' && row.hiredOn && !row.terminatedOn) fault('terminatedOn', 'is required');
    if (row.terminatedOn && row.phase !== undefined && row.phase !== 'terminated') {
      fault('phase', `is ${row.phase}, but terminatedOn is given`);
    }
    if (row.phase === 'leave' && !row.leaveFrom) fault('leaveFrom', 'is required for a person on leave');
  });

export interface ReadRow {
  readonly line: number;
  readonly number: string;
  /** What the row says; columns that are blank or absent are not in it. */
  readonly given: Partial<EmployeeState> & Pick<EmployeeState, 'firstName' | 'lastName'>;
  /** The word for the manager: looked up when all people of the file are known. */
  readonly manager: string | undefined;
}

/** Reads and checks rows; every fault of a row is told, not only the first. */
export function readImportRows(
  rows: readonly ImportRow[],
  directory: Directory,
): { read: ReadRow[]; rejected: ImportReason[] } {
  const read: ReadRow[] = [];
  const rejected: ImportReason[] = [];
  const lineOfNumber = new Map<string, number>();
  for (const row of rows) {
    const values = present(row.values);
    const parsed = rowSchema.safeParse(values);
    const faults = placeFaults(row.line, values, directory);
    if (!parsed.success) faults.unshift(...schemaFaults(row.line, parsed.error));
    const { number } = values;
    const earlier = number === undefined ? undefined : lineOfNumber.get(number);
    if (earlier !== undefined) {
      faults.push({ line: row.line, column: 'number', reason: `is on line ${earlier} already` });
    }
    if (number !== undefined && earlier === undefined) lineOfNumber.set(number, row.line);
    if (faults.length > 0 || !parsed.success) rejected.push(...faults);
    else read.push(toRead(row.line, parsed.data, directory));
  }
  return { read, rejected };
}

type Row = z.output<typeof rowSchema>;

function present(values: ImportRow['values']): Record<string, string> {
  const given = Object.entries(values).map(([column, value]) => [column, value?.trim() ?? ''] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

function schemaFaults(line: number, error: z.ZodError): ImportReason[] {
  return error.issues.map((issue) => ({
    line,
    column: (importColumns as readonly unknown[]).includes(issue.path[0])
      ? (issue.path[0] as ImportColumn)
      : null,
    reason: issue.message,
  }));
}

function placeFaults(line: number, row: Record<string, string>, directory: Directory): ImportReason[] {
  const places = [
    ['division', row['division'], directory.division],
    ['location', row['location'], directory.location],
    ['jobRole', row['jobRole'], directory.jobRole],
  ] as const;
  return places
    .filter(([, word, find]) => word !== undefined && find(word) === undefined)
    .map(([column, word]) => ({ line, column, reason: `"${word ?? ''}" is not known; add it first` }));
}

function toRead(line: number, row: Row, directory: Directory): ReadRow {
  const employment = toEmployment(row);
  const given = {
    firstName: row.firstName,
    lastName: row.lastName,
    email: row.email?.toLowerCase(),
    birthDate: row.birthDate,
    zone: row.zone,
    jurisdiction: row.jurisdiction,
    divisionId: row.division === undefined ? undefined : directory.division(row.division),
    locationId: row.location === undefined ? undefined : directory.location(row.location),
    jobRoleId: row.jobRole === undefined ? undefined : directory.jobRole(row.jobRole),
    ...employment,
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { line, number: row.number, given: known as ReadRow['given'], manager: row.manager };
}

function toEmployment(row: Row): Partial<EmployeeState> {
  const period: EmploymentPeriod | null = row.hiredOn
    ? { from: row.hiredOn, to: row.terminatedOn ?? null }
    : null;
  const implied = row.terminatedOn ? 'terminated' : row.leaveFrom ? 'leave' : undefined;
  return {
    declaredPhase: row.phase ?? implied,
    periods: period === null ? undefined : [period],
    leaveFrom: row.leaveFrom,
    returnOn: row.returnOn,
  };
}
