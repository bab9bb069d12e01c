import { toDate, toInstant } from '../../formats/instants.ts';
import { schemaFailure } from '../../formats/json.ts';
import { columnsOf, readTable, type TableRow } from '../../formats/rows.ts';
import { entryOf, lettersOf } from '../../formats/schema.ts';
import type { Parsed } from '../../source.ts';

/** Header words by column, letters and digits only. FMCSA publishes the upload's columns, not the results'. */
const aliases = {
  lastName: ['lastname', 'driverlastname', 'last'],
  firstName: ['firstname', 'driverfirstname', 'first'],
  birthDate: ['dateofbirth', 'dob', 'birthdate'],
  cdlNumber: ['cdl', 'cdlnumber', 'cdlclpnumber', 'cdlclp', 'licensenumber'],
  country: ['country', 'countryofissuance'],
  state: ['state', 'stateofissuance', 'cdlstate'],
  queryType: ['querytype', 'type'],
  queryId: ['queryid', 'queryreference', 'id'],
  submittedAt: ['submitted', 'submittedon', 'submittedat', 'datesubmitted', 'querydate', 'requestdate'],
  status: ['status', 'querystatus', 'rowstatus'],
  result: ['result', 'queryresult', 'outcome'],
  reportedAt: [
    'completed',
    'completedon',
    'completedat',
    'datecompleted',
    'resultdate',
    'processedon',
    'date',
  ],
} as const;
type ClearinghouseColumn = keyof typeof aliases;

/** Without a header the file is read as the upload's seven columns, then status, result and date. */
const defaultOrder: readonly ClearinghouseColumn[] = [
  'lastName',
  'firstName',
  'birthDate',
  'cdlNumber',
  'country',
  'state',
  'queryType',
  'status',
  'result',
  'reportedAt',
];

const required: readonly ClearinghouseColumn[] = [
  'lastName',
  'firstName',
  'birthDate',
  'cdlNumber',
  'state',
  'queryType',
  'status',
];

type QueryType = 'limited' | 'full' | 'pre_employment' | 'limited_auto_consent';

const queryTypes: Readonly<Record<string, QueryType>> = {
  '1': 'limited',
  limited: 'limited',
  '2': 'full',
  full: 'full',
  '3': 'pre_employment',
  preemployment: 'pre_employment',
  preemploymentfull: 'pre_employment',
  '4': 'limited_auto_consent',
  limitedautoconsent: 'limited_auto_consent',
  limitedwithautomaticconsentrequest: 'limited_auto_consent',
};

export interface ClearinghouseRow {
  readonly line: number;
  readonly lastName: string;
  readonly firstName: string;
  readonly birthDate: string;
  readonly cdlNumber: string;
  readonly state: string;
  readonly queryType: QueryType;
  readonly queryId: string | null;
  readonly submittedAt: string | null;
  readonly status: string;
  readonly result: string | null;
  readonly reportedAt: string | null;
}

type ReadRow =
  | { readonly ok: true; readonly row: ClearinghouseRow }
  | { readonly ok: false; readonly path: string; readonly message: string };

export interface ClearinghouseFile {
  readonly rows: readonly ReadRow[];
}

export function parseClearinghouse(rawBody: Buffer): Parsed<ClearinghouseFile> {
  const table = readTable(rawBody, ['\t', ',']);
  if (!table.ok) return table;
  const first = table.rows[0];
  if (!first) return schemaFailure('line 1', 'the file has no rows');
  const header = columnsOf(first.cells, aliases);
  const titled = header.size >= 4;
  const columns = titled ? header : new Map(defaultOrder.map((column, index) => [column, index] as const));
  const missing = required.filter((column) => (columns.get(column) ?? Infinity) >= first.cells.length);
  if (missing.length > 0) {
    const seen = titled ? 'the header names' : 'without a header the columns are read in the upload order;';
    return schemaFailure(
      `line ${first.line}`,
      `not a Clearinghouse result file: ${seen} no ${missing.join(', ')}`,
    );
  }
  const rows = titled ? table.rows.slice(1) : table.rows;
  return { ok: true, value: { rows: rows.map((row) => readRow(row, columns)) } };
}

/** What a file is; only its shape can tell, so a header or the upload's columns with a known query type. */
export function looksLikeClearinghouse(rawBody: Buffer): boolean {
  const file = parseClearinghouse(rawBody);
  return file.ok && (file.value.rows.length === 0 || file.value.rows.some((row) => row.ok));
}

function readRow(row: TableRow, columns: ReadonlyMap<ClearinghouseColumn, number>): ReadRow {
  const cell = (column: ClearinghouseColumn) => row.cells[columns.get(column) ?? -1]?.trim() || null;
  const bad = (column: ClearinghouseColumn, message: string): ReadRow => ({
    ok: false,
    path: `line ${row.line}, column ${column}`,
    message,
  });
  const blank = required.find((column) => cell(column) === null);
  if (blank) return bad(blank, 'is blank');
  const birthDate = toDate(cell('birthDate'));
  if (!birthDate) return bad('birthDate', `"${cell('birthDate')}" is no date (MM/DD/YYYY or YYYY-MM-DD)`);
  const queryType = entryOf(queryTypes, lettersOf(cell('queryType') ?? ''));
  if (!queryType) return bad('queryType', `"${cell('queryType')}" is no query type (1, 2, 3 or 4)`);
  const state = (cell('state') ?? '').toUpperCase();
  if (!/^[A-Z]{2}$/.test(state)) return bad('state', `"${state}" is no two-letter State`);
  const times = { submittedAt: readTime(cell('submittedAt')), reportedAt: readTime(cell('reportedAt')) };
  if (times.submittedAt === undefined) return bad('submittedAt', `"${cell('submittedAt')}" is no date`);
  if (times.reportedAt === undefined) return bad('reportedAt', `"${cell('reportedAt')}" is no date`);
  return {
    ok: true,
    row: {
      line: row.line,
      lastName: cell('lastName') ?? '',
      firstName: cell('firstName') ?? '',
      cdlNumber: (cell('cdlNumber') ?? '').toUpperCase().replace(/[^A-Z0-9]/g, ''),
      queryId: cell('queryId'),
      status: cell('status') ?? '',
      result: cell('result'),
      birthDate,
      queryType,
      state,
      submittedAt: times.submittedAt,
      reportedAt: times.reportedAt,
    },
  };
}

/** Null = not given, undefined = not a time. A date alone is taken as noon UTC, which is that day in every State. */
function readTime(text: string | null): string | null | undefined {
  if (text === null) return null;
  const instant = toInstant(text);
  if (instant) return instant;
  const date = toDate(text);
  return date ? `${date}T12:00:00.000Z` : undefined;
}
