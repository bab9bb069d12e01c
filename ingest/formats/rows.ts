import { CsvError, parse } from 'csv-parse/sync';
import type { ParseFailure } from '../source.ts';
import { syntaxFailure } from './json.ts';
import { lettersOf } from './schema.ts';
import { decodeText } from './text.ts';

/** One row of a table file. `line` counts from 1, as an editor shows it. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export type TableRead = { readonly ok: true; readonly rows: readonly TableRow[] } | ParseFailure;

const maxRows = 200_000;

/** Reads comma, semicolon or tab separated text. Empty lines are left out; rows keep the line they begin on. */
export function readTable(rawBody: Buffer, delimiters: readonly string[] = [',', ';', '\t']): TableRead {
  const decoded = decodeTable(rawBody);
  if (typeof decoded !== 'string') return decoded;
  if (decoded.trim() === '') return syntaxFailure('line 1, column 1', 'the file is empty');
  if (decoded.includes('\0')) return syntaxFailure('line 1', 'not a text file (it holds zero bytes)');
  try {
    const records = parse(decoded, {
      delimiter: delimiterOf(decoded, delimiters),
      bom: true,
      // Files are edited on several systems: one file can hold several kinds of line end.
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      to: maxRows,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return { ok: true, rows: withFirstLines(records) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return syntaxFailure(`line ${Number(error['lines'] ?? 1)}`, `not a table: ${error.message}`);
  }
}

/** Spreadsheets still write Windows-1252; bytes that are not UTF-8 are read as that. */
function decodeTable(rawBody: Buffer): string | ParseFailure {
  const decoded = decodeText(rawBody);
  if (decoded.ok) return decoded.text;
  const windows = decodeText(rawBody, 'windows-1252');
  return windows.ok ? windows.text : syntaxFailure(windows.path, windows.message);
}

/** The separator that the first line uses most. */
function delimiterOf(text: string, delimiters: readonly string[]): string {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? '';
  const counted = delimiters.map((delimiter) => ({ delimiter, count: first.split(delimiter).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

/** The reader tells the line on which a record ends; one with line breaks inside quotes began earlier. */
function withFirstLines(records: readonly { record: string[]; info: { lines: number } }[]): TableRow[] {
  return records.map(({ record, info }) => {
    const breaks = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
    return { line: info.lines - breaks, cells: record };
  });
}

/** Column names to positions, by aliases; letters and digits alone count. */
export function columnsOf<C extends string>(
  header: readonly string[],
  aliases: Readonly<Record<C, readonly string[]>>,
): Map<C, number> {
  const found = new Map<C, number>();
  for (const column of Object.keys(aliases) as C[]) {
    const index = header.findIndex((name) => aliases[column].includes(lettersOf(name)));
    if (index >= 0) found.set(column, index);
  }
  return found;
}
