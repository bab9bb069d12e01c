import type { Module } from '#contracts/modules';
import { isoDay, isoOf, type Grain, type Span } from './reading/times.ts';
import type { Unit } from './reading/lexicon.ts';
import type { Grounded } from './grounding/ground.ts';

/** A text within SQL. The guard refuses line breaks and escapes that it does not know, so they go. */
export function quote(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\\]/gu, ' ').replaceAll("'", "''");
  return `'${plain}'`;
}

export const list = (values: readonly string[]): string => `(${values.map(quote).join(', ')})`;

export const instant = (ms: number): string => `toDateTime64('${isoOf(ms)}', 3, 'UTC')`;
export const day = (ms: number): string => `toDate('${isoDay(ms)}')`;

/** Half-open, as spans are. */
export const during = (column: string, { fromMs, toMs }: Span): string =>
  `${column} >= ${instant(fromMs)} AND ${column} < ${instant(toMs)}`;

/** Days that a span touches. A span that ends at midnight does not touch that day. */
export const onDays = (column: string, { fromMs, toMs }: Span): string =>
  `${column} BETWEEN ${day(fromMs)} AND ${day(toMs - 1)}`;

const grainFunctions: Readonly<Record<Grain, string>> = {
  day: 'toDate',
  week: 'toMonday',
  month: 'toStartOfMonth',
  quarter: 'toStartOfQuarter',
};
export const grainOf = (grain: Grain, column: string): string => `${grainFunctions[grain]}(${column})`;

/** ` WHERE a AND b`, or nothing. */
export function where(conditions: readonly (string | null)[]): string {
  const said = conditions.filter((condition) => condition !== null && condition !== '');
  return said.length === 0 ? '' : ` WHERE ${said.join(' AND ')}`;
}

const placeColumns = { division: 'p.division', location: 'p.location', job_role: 'p.job_role' } as const;

/** Conditions on `p`, a row of people: places, job roles, States, phases, persons. Names of one kind are alternatives. */
export function whose(asked: Grounded): string[] {
  const { places, locationIds, reading } = asked;
  const conditions = (['division', 'location', 'job_role'] as const).flatMap((kind) => {
    const names = places.filter((place) => place.kind === kind).map(({ name }) => name);
    return names.length === 0 ? [] : [`${placeColumns[kind]} IN ${list(names)}`];
  });
  if (locationIds !== null) conditions.push(`p.location_id IN ${list(locationIds)}`);
  if (reading.phases.length > 0) conditions.push(`p.phase IN ${list(reading.phases)}`);
  return conditions;
}

export const inModules = (column: string, modules: readonly Module[]): string | null =>
  modules.length === 0 ? null : `${column} IN ${list(modules)}`;

/** The column that a unit is, of rows `f` (flags) or `e` (events) joined with people `p`; null when they have none. */
export function unitColumn(unit: Unit, row: 'f' | 'e' | 'p'): string | null {
  if (unit === 'division' || unit === 'location' || unit === 'job_role') return placeColumns[unit];
  if (unit === 'phase') return 'p.phase';
  if (unit === 'module') return row === 'p' ? null : `${row}.module`;
  if (unit === 'flag') return row === 'f' ? 'f.flag' : null;
  return row === 'e' ? `e.${unit}` : null;
}

export const flagsOfPeople = 'FROM flags AS f INNER JOIN people AS p ON p.employee_id = f.employee_id';
export const eventsOfPeople = 'FROM events AS e INNER JOIN people AS p ON p.employee_id = e.employee_id';
export const changesOfPeople =
  'FROM flag_changes AS c INNER JOIN people AS p ON p.employee_id = c.employee_id';
