import type { View, ViewColumn } from './view.ts';
import { viewNames, views, type ViewName } from './views.ts';

/**
 * The catalogue as text for a model's prompt, at most 6 KB: what may be asked, in which words, and how it is said in
 * SQL. The text depends on the views alone, so that a cached prompt stays valid.
 * @param named the views to describe; all of them when left out.
 */
export function describeCatalogue(named: readonly ViewName[] = viewNames): string {
  const told = new Map<string, string>();
  return `${rules}\n\n${named.map((name) => describeView(name, views[name], told)).join('\n\n')}\n`;
}

const rules = `ClickHouse SQL, one SELECT over these views, without a database name. Rows are already limited to what the
asker may see. Instants are UTC. No SETTINGS, FORMAT, FINAL, table functions, parameters or system tables.`;

function describeView(name: string, view: View, told: Map<string, string>): string {
  const columns = Object.entries(view.columns).map(([column, about]) => {
    const { type, meaning, unit } = about;
    const more = [unit, valuesOf(`${name}.${column}`, about, told)].filter(Boolean).join('; ');
    return `  ${column} ${shortType(type)}: ${meaning.replace(/\.$/, '')}${more === '' ? '' : ` (${more})`}`;
  });
  const joins = view.joins.map(({ view: other, on }) => `  joins ${other} by ${on.join(', ')}`);
  const questions = view.questions.map(
    ({ question, sql }) => `  Q: ${question}\n  ${sql.replaceAll(/\s+/g, ' ')}`,
  );
  return [`${name}: ${view.meaning} A row is ${view.grain}.`, ...columns, ...joins, ...questions].join('\n');
}

/** Fixed values are listed where they come first; an example is worth its bytes for words alone. */
function valuesOf(place: string, { values, type, example }: ViewColumn, told: Map<string, string>): string {
  if (values === undefined) return isWord(place, type) ? `e.g. ${example}` : '';
  const list = values.filter(Boolean).join(' | ');
  const before = told.get(list);
  told.set(list, before ?? place);
  return before === undefined ? list : `as ${before}`;
}

const isWord = (place: string, type: string): boolean =>
  type.includes('String') && !/(?:\.|_)id$/.test(place);

function shortType(type: string): string {
  return type
    .replace(/^LowCardinality\((.*)\)$/, '$1')
    .replace(/^Enum8\(.*\)$/, 'Enum')
    .replaceAll("DateTime64(3, 'UTC')", 'DateTime64');
}
