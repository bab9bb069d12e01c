import { toDate } from '../../formats/instants.ts';
import { schemaFailure } from '../../formats/json.ts';
import { columnsOf, readTable, type TableRow } from '../../formats/rows.ts';
import { entryOf, lettersOf } from '../../formats/schema.ts';
import type { Parsed } from '../../source.ts';

const aliases = {
  number: [
    'employeenumber',
    'employeeid',
    'employeeno',
    'employee',
    'number',
    'externalid',
    'id',
    'badge',
    'personnelnumber',
  ],
  firstName: ['firstname', 'givenname', 'first'],
  lastName: ['lastname', 'surname', 'familyname', 'last'],
  email: ['email', 'emailaddress', 'workemail', 'mail'],
  birthDate: ['dateofbirth', 'birthdate', 'dob', 'birthday'],
  hiredOn: ['hiredate', 'hiredon', 'dateofhire', 'startdate', 'starton', 'hired', 'originalhiredate'],
  status: ['status', 'employmentstatus', 'workerstatus', 'phase'],
  leaveFrom: ['leavefrom', 'leavestart', 'leavestartdate', 'leavestarton'],
  returnOn: ['returnon', 'returndate', 'leavereturn', 'expectedreturn', 'leaveto'],
  terminatedOn: ['terminationdate', 'terminatedon', 'lastday', 'lastdayworked', 'enddate'],
  jobRole: ['jobrole', 'jobtitle', 'title', 'role', 'position', 'businesstitle', 'job'],
  location: ['location', 'site', 'worklocation', 'terminal'],
  division: ['division', 'department', 'businessunit', 'supervisoryorganization'],
  manager: ['manager', 'managernumber', 'manageremployeeid', 'supervisor', 'managerid'],
  zone: ['timezone', 'zone', 'tz'],
  jurisdiction: ['jurisdiction', 'state', 'workstate'],
} as const;
type EmployeeColumn = keyof typeof aliases;

const requiredColumns: readonly EmployeeColumn[] = ['number', 'firstName', 'lastName'];

type ImportPhase = 'applicant' | 'active' | 'leave' | 'terminated';

const phases: Readonly<Record<string, ImportPhase>> = {
  '': 'active',
  active: 'active',
  employed: 'active',
  applicant: 'applicant',
  candidate: 'applicant',
  prehire: 'applicant',
  leave: 'leave',
  onleave: 'leave',
  loa: 'leave',
  leaveofabsence: 'leave',
  terminated: 'terminated',
  inactive: 'terminated',
  separated: 'terminated',
};

export interface EmployeeRow {
  readonly line: number;
  readonly phase: ImportPhase;
  readonly dates: Readonly<
    Record<'birthDate' | 'hiredOn' | 'leaveFrom' | 'returnOn' | 'terminatedOn', string | null>
  >;
  /** All other columns that the file has; null = the cell is blank. */
  readonly words: Partial<Readonly<Record<EmployeeColumn, string | null>>>;
}

type ReadEmployee =
  | { readonly ok: true; readonly row: EmployeeRow }
  | { readonly ok: false; readonly path: string; readonly message: string };

export interface EmployeeFile {
  readonly rows: readonly ReadEmployee[];
}

/** A file with a header line. Order of columns is free; unknown columns are left alone. */
export function parseEmployees(rawBody: Buffer): Parsed<EmployeeFile> {
  const table = readTable(rawBody);
  if (!table.ok) return table;
  const [header, ...rows] = table.rows;
  if (!header) return schemaFailure('line 1', 'the file has no rows');
  const columns = columnsOf<EmployeeColumn>(header.cells, aliases);
  const missing = requiredColumns.filter((column) => !columns.has(column));
  if (missing.length > 0) {
    const seen = header.cells.join(', ').slice(0, 200);
    const message = `not an employee list: no column for ${missing.join(', ')}; the first line reads "${seen}"`;
    return schemaFailure(`line ${header.line}`, message);
  }
  const seen = new Map<string, number>();
  return { ok: true, value: { rows: rows.map((row) => readRow(row, columns, header.cells, seen)) } };
}

function readRow(
  row: TableRow,
  columns: ReadonlyMap<EmployeeColumn, number>,
  header: readonly string[],
  seen: Map<string, number>,
): ReadEmployee {
  const cell = (column: EmployeeColumn) => row.cells[columns.get(column) ?? -1]?.trim() || null;
  const bad = (column: EmployeeColumn, message: string): ReadEmployee => ({
    ok: false,
    path: `line ${row.line}, column ${header[columns.get(column) ?? -1] ?? column}`,
    message,
  });
  if (row.cells.length !== header.length) {
    const message = `has ${row.cells.length} cells, the header has ${header.length}`;
    return { ok: false, path: `line ${row.line}`, message };
  }
  const blank = requiredColumns.find((column) => cell(column) === null);
  if (blank) return bad(blank, 'is blank');
  const number = cell('number') ?? '';
  const before = seen.get(number);
  if (before !== undefined) return bad('number', `"${number}" stands in line ${before} already`);
  seen.set(number, row.line);
  const email = cell('email');
  if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return bad('email', `"${email}" is no e-mail address`);
  const dates = {
    birthDate: null,
    hiredOn: null,
    leaveFrom: null,
    returnOn: null,
    terminatedOn: null,
  } as Record<keyof EmployeeRow['dates'], string | null>;
  for (const name of Object.keys(dates) as (keyof EmployeeRow['dates'])[]) {
    const given = cell(name);
    dates[name] = toDate(given);
    if (given && !dates[name]) return bad(name, `"${given}" is no date (YYYY-MM-DD or MM/DD/YYYY)`);
  }
  const phase = entryOf(phases, lettersOf(cell('status') ?? ''));
  if (!phase) return bad('status', `"${cell('status')}" is not active, applicant, leave or terminated`);
  return lifecycle({ line: row.line, phase: phase, dates, words: words(columns, cell) }, bad);
}

/** What each phase needs to be told with it. */
function lifecycle(
  row: EmployeeRow,
  bad: (column: EmployeeColumn, message: string) => ReadEmployee,
): ReadEmployee {
  const { hiredOn, leaveFrom, returnOn, terminatedOn } = row.dates;
  const phase = row.phase === 'active' && terminatedOn ? 'terminated' : row.phase;
  if (phase === 'leave' && !leaveFrom) return bad('leaveFrom', 'is blank, but the status is leave');
  if (phase === 'terminated' && !terminatedOn)
    return bad('terminatedOn', 'is blank, but the status is terminated');
  if (terminatedOn && hiredOn && terminatedOn < hiredOn)
    return bad('terminatedOn', 'is before the hire date');
  if (leaveFrom && returnOn && returnOn < leaveFrom) return bad('returnOn', 'is before the leave starts');
  return { ok: true, row: { ...row, phase } };
}

function words(
  columns: ReadonlyMap<EmployeeColumn, number>,
  cell: (column: EmployeeColumn) => string | null,
): EmployeeRow['words'] {
  return Object.fromEntries([...columns.keys()].map((column) => [column, cell(column)]));
}
