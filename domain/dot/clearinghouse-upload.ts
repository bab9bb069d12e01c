import * as z from 'zod';
import { queryTypes } from '#contracts/events/dot';
import { dateSchema, type CalendarDate } from '#contracts/time';

/**
 * The bulk query file of the FMCSA Clearinghouse: tab-delimited text, no header, no row or column more than the seven
 * of the driver; one file per employer. FMCSA gives the exact date format only inside its template, so it is a setting.
 */
export const uploadRowSchema = z.object({
  /** The caller's own key: comes back with a rejected row. */
  ref: z.string(),
  lastName: z.string(),
  firstName: z.string(),
  birthDate: dateSchema,
  cdlNumber: z.string(),
  country: z.string(),
  state: z.string(),
  queryType: z.enum(queryTypes),
  /** The driver's general consent for limited queries, 49 CFR 382.701(b)(2). A full query asks in the Clearinghouse itself. */
  consentOnFile: z.boolean(),
});
export type UploadRow = z.infer<typeof uploadRowSchema>;

export const uploadDateFormats = ['MM/DD/YYYY', 'M/D/YYYY', 'YYYY-MM-DD', 'MMDDYYYY'] as const;
type UploadDateFormat = (typeof uploadDateFormats)[number];

export interface UploadOptions {
  dateFormat: UploadDateFormat;
  lineEnding: '\r\n' | '\n';
  /** Local date of the upload: nobody is born after it. */
  today: CalendarDate;
}

interface RejectedUploadRow {
  /** 1-based position in the input. */
  line: number;
  ref: string;
  reason: string;
}

export interface UploadFile {
  /** Rows divided by the line ending, none after the last: an empty line would count as a row. */
  text: string;
  accepted: { line: number; ref: string }[];
  rejected: RejectedUploadRow[];
}

const typeCodes: Readonly<Record<UploadRow['queryType'], string>> = {
  limited: '1',
  full: '2',
  pre_employment: '3',
  limited_auto_consent: '4',
};

const countries: ReadonlySet<string> = new Set(['US', 'CA', 'MX']);

function writeDate(date: CalendarDate, format: UploadDateFormat): string {
  const [year = '', month = '', day = ''] = date.split('-');
  switch (format) {
    case 'YYYY-MM-DD':
      return date;
    case 'MMDDYYYY':
      return `${month}${day}${year}`;
    case 'M/D/YYYY':
      return `${Number(month)}/${Number(day)}/${year}`;
    case 'MM/DD/YYYY':
      return `${month}/${day}/${year}`;
  }
}

/** A cell may hold no tab, line break or other control character: it would shift the columns. */
const controlCharacter = /\p{Cc}/u;

const normalCdl = (text: string): string => text.toUpperCase().replaceAll(/[\s-]/g, '');

function fieldFault(row: UploadRow, today: CalendarDate): string | null {
  for (const [name, text] of Object.entries({ 'last name': row.lastName, 'first name': row.firstName })) {
    if (text.trim() === '') return `${name} is blank`;
    if (controlCharacter.test(text)) return `${name} holds a tab, line break or control character`;
  }
  if (!dateSchema.safeParse(row.birthDate).success) return `date of birth "${row.birthDate}" is no date`;
  if (row.birthDate > today) return 'date of birth lies in the future';
  if (!/^[A-Z0-9]{1,25}$/.test(normalCdl(row.cdlNumber)))
    return 'CDL number is blank or holds other than letters and digits';
  if (!countries.has(row.country.trim().toUpperCase())) return `country "${row.country}" is not US, CA or MX`;
  if (!/^[A-Z]{2,3}$/.test(row.state.trim().toUpperCase()))
    return `state "${row.state}" is no State or province code`;
  return null;
}

function consentFault(row: UploadRow): string | null {
  const limited = row.queryType === 'limited' || row.queryType === 'limited_auto_consent';
  return limited && !row.consentOnFile
    ? 'no consent to limited queries on file (49 CFR 382.701(b)(2))'
    : null;
}

function cells(row: UploadRow, options: UploadOptions): string[] {
  return [
    row.lastName.trim(),
    row.firstName.trim(),
    writeDate(row.birthDate, options.dateFormat),
    normalCdl(row.cdlNumber),
    row.country.trim().toUpperCase(),
    row.state.trim().toUpperCase(),
    typeCodes[row.queryType],
  ];
}

/** Writes one employer's file. Rows that FMCSA would reject, and second rows for the same licence and type, come back with line and reason. */
export function writeUpload(rows: readonly UploadRow[], options: UploadOptions): UploadFile {
  const written: string[] = [];
  const accepted: UploadFile['accepted'] = [];
  const rejected: RejectedUploadRow[] = [];
  const firstLine = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    const columns = cells(row, options);
    const key = columns.slice(3).join('\t');
    const earlier = firstLine.get(key);
    const reason =
      fieldFault(row, options.today) ??
      consentFault(row) ??
      (earlier === undefined ? null : `the same licence and query type stand in row ${earlier}`);
    if (reason !== null) {
      rejected.push({ line, ref: row.ref, reason });
      continue;
    }
    firstLine.set(key, line);
    accepted.push({ line, ref: row.ref });
    written.push(columns.join('\t'));
  }
  return { text: written.join(options.lineEnding), accepted, rejected };
}
