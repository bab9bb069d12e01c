import type { TableName } from '../catalogue/catalogue.ts';
import type { ScopeParams } from './scope.ts';

/** What limits the rows of a table to a scope, by the columns that say so. */
const columnsOf: Readonly<Record<TableName, { readonly person: boolean; readonly place: boolean }>> = {
  compliance_events: { person: true, place: true },
  // Places of changes are those of their time; people count where they are now (`people`).
  flag_changes: { person: true, place: false },
  flags_current: { person: true, place: false },
  people: { person: true, place: true },
  status_days: { person: false, place: true },
  rolled_days: { person: false, place: false },
};

/**
 * For the engine's setting `additional_table_filters`: the scope once more, by table. The engine applies it to every
 * reading of these tables, wherever in the statement it stands, so that a question which forgot its predicate still gets
 * no other company's row.
 */
export function rowFilters(database: string, scope: ScopeParams): Record<string, string> {
  const filters = Object.entries(columnsOf).map(([table, has]) => {
    const parts = [`tenant_id = ${text(scope.tenant)}`];
    // A table without persons has nothing for who sees one person only.
    if (scope.employee !== '') parts.push(has.person ? `employee_id = ${text(scope.employee)}` : '0');
    if (scope.everyone === 0 && has.place) parts.push(placesOf(scope));
    return [`${database}.${table}`, parts.join(' AND ')] as const;
  });
  return Object.fromEntries(filters);
}

const placesOf = ({ divisions, locations }: ScopeParams): string =>
  `(division_id IN (${listOf(divisions)}) OR location_id IN (${listOf(locations)}))`;

/** Never empty, which would be no list; no place has the id `-`. */
const listOf = (ids: readonly string[]): string => ['-', ...ids].map(text).join(', ');

/** A ClickHouse string literal. */
const text = (value: string): string => `'${value.replaceAll(/['\\]/g, '\\$&')}'`;
