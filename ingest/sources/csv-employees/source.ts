import { createHash } from 'node:crypto';
import type { EmployeeProfile } from '#contracts/events/people';
import { drop, make, givenRef, subjectOf, type DraftFrame } from '../../draft.ts';
import { createBearerVerifier } from '../../proofs/bearer.ts';
import type { NormaliseContext, Outcome, Source } from '../../source.ts';
import { parseEmployees, type EmployeeFile, type EmployeeRow } from './file.ts';

/** A column that the file does not have says nothing; a blank cell of a column that it has says "none". */
function profileOf({ words, dates }: EmployeeRow): EmployeeProfile {
  const profile: EmployeeProfile = {};
  if (words.number) profile.externalId = words.number;
  if (words.firstName) profile.firstName = words.firstName;
  if (words.lastName) profile.lastName = words.lastName;
  if (words.zone) profile.zone = words.zone;
  if (words.email !== undefined) profile.email = words.email?.toLowerCase() ?? null;
  if (words.birthDate !== undefined) profile.birthDate = dates.birthDate;
  if (words.jurisdiction !== undefined) profile.jurisdiction = words.jurisdiction;
  if (words.division !== undefined) profile.divisionRef = words.division;
  if (words.location !== undefined) profile.locationRef = words.location;
  if (words.jobRole !== undefined) profile.jobRoleRef = words.jobRole;
  if (words.manager !== undefined) profile.managerRef = words.manager;
  return profile;
}

function rowOutcomes(row: EmployeeRow, context: NormaliseContext): Outcome[] {
  const profile = profileOf(row);
  const { hiredOn, leaveFrom, returnOn, terminatedOn } = row.dates;
  const at = (part: string, version: number) => ({
    ...frame(row, context),
    version,
    dedupeKey: `${rowKey(row, context)}:${part}`,
  });
  const phase = row.phase === 'applicant' ? 'applicant' : 'active';
  if (row.phase === 'terminated' && terminatedOn) {
    return [
      make.people('employee.updated', { profile }, at('updated', 0)),
      make.people('employee.terminated', { on: terminatedOn }, at('terminated', 1)),
    ];
  }
  const present = hiredOn
    ? make.people('employee.hired', { startOn: hiredOn, phase, profile }, at('hired', 0))
    : make.people('employee.updated', { profile }, at('updated', 0));
  if (row.phase !== 'leave' || !leaveFrom) return [present];
  // Someone on leave cannot be hired again, so their row only updates the profile.
  return [
    make.people('employee.updated', { profile }, at('updated', 0)),
    make.people('employee.leave_started', { from: leaveFrom, returnOn }, at('leave', 1)),
  ];
}

function frame(row: EmployeeRow, context: NormaliseContext): Omit<DraftFrame, 'dedupeKey'> {
  const { words, dates } = row;
  return {
    subjectRef: `employee:${words.number}`,
    // A list is a statement about the day it was made, so the last one received wins.
    occurredAt: context.receivedAt,
    subject: subjectOf({
      refs: [givenRef('employee.external_id', words.number)],
      email: words.email,
      firstName: words.firstName,
      lastName: words.lastName,
      birthDate: dates.birthDate,
    }),
  };
}

/**
 * One line of one list. The list's own instant is part of it: a value that was changed and changed back is news again,
 * and a list that is read twice by the pipeline is not.
 */
function rowKey(row: EmployeeRow, context: NormaliseContext): string {
  const content = JSON.stringify([row.phase, row.dates, profileOf(row)]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 24);
  return `${row.words.number}:${context.receivedAt}:${digest}`;
}

export const csvEmployees: Source<EmployeeFile> = {
  vendor: 'csv-employees',
  title: 'Employee list (CSV)',
  kind: 'file',
  personnel: true,
  contentTypes: ['text/csv', 'text/plain', 'text/tab-separated-values'],
  parseHeaders: [],
  createVerifier: createBearerVerifier,
  parse: parseEmployees,
  identify: (rawBody) => {
    const file = parseEmployees(rawBody);
    return file.ok ? { what: `employee list, ${file.value.rows.length} rows`, message: true } : null;
  },
  deliveryKey: (_file, rawBody) => createHash('sha256').update(rawBody).digest('hex'),
  orderKey: () => 'employees',
  normalise: (file, context) => {
    if (file.rows.length === 0) return [drop('no_compliance_fact', 'the file has a header and no rows')];
    return file.rows.flatMap((read) =>
      read.ok
        ? rowOutcomes(read.row, context)
        : [{ kind: 'row_rejected' as const, place: { path: read.path, message: read.message } }],
    );
  },
};
