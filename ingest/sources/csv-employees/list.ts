import type { ImportRow } from '#domain/people';
import type { ErrorPlace } from '#platform/errors';
import type { Parsed } from '../../source.ts';
import { parseEmployees, type EmployeeRow } from './file.ts';

/** An employee file read for import on a screen: rows under the people module's column names, and what was refused. */
export interface EmployeeList {
  readonly rows: readonly ImportRow[];
  readonly rejected: readonly ErrorPlace[];
}

/** Reads the bytes of an uploaded file; people's `importEmployees` takes the rows. */
export function readEmployeeList(bytes: Buffer): Parsed<EmployeeList> {
  const file = parseEmployees(bytes);
  if (!file.ok) return file;
  const rows: ImportRow[] = [];
  const rejected: ErrorPlace[] = [];
  for (const read of file.value.rows) {
    if (read.ok) rows.push({ line: read.row.line, values: valuesOf(read.row) });
    else rejected.push({ path: read.path, message: read.message });
  }
  return { ok: true, value: { rows, rejected } };
}

function valuesOf({ phase, words, dates }: EmployeeRow): ImportRow['values'] {
  const { number, firstName, lastName, email, division, location, jobRole, manager, zone, jurisdiction } =
    words;
  const values = {
    ...dates,
    number,
    firstName,
    lastName,
    email,
    division,
    location,
    jobRole,
    manager,
    zone,
    jurisdiction,
    phase,
  };
  return Object.fromEntries(Object.entries(values).map(([column, value]) => [column, value ?? undefined]));
}
