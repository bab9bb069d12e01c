import type { ClickHouse } from '#platform/clickhouse';
import { catalogue } from '../catalogue/catalogue.ts';

/** Tables that a rebuild has a second time, beside those in use. */
export const shadowedTables: readonly string[] = [
  ...Object.keys(catalogue),
  'schema_migrations',
  'rebuild_notes',
];

export const shadowName = (table: string): string => `${table}_shadow`;

const named = new RegExp(`\\b(FROM|JOIN|INTO|TABLE|EXISTS)(\\s+)(${shadowedTables.join('|')})\\b`, 'g');

/** The statement about the shadows of the tables that it names. */
export function renamed(sql: string): string {
  return sql.replaceAll(
    named,
    (_all, word: string, space: string, table: string) => word + space + shadowName(table),
  );
}

interface Said {
  readonly query?: string;
  readonly table?: string;
  readonly query_params?: Readonly<Record<string, unknown>>;
}

function aboutShadows(said: Said): Said {
  const table = said.query_params?.['table'];
  return {
    ...said,
    ...(said.query !== undefined && { query: renamed(said.query) }),
    ...(said.table !== undefined && { table: shadowName(said.table) }),
    ...(typeof table === 'string' && { query_params: { ...said.query_params, table: shadowName(table) } }),
  };
}

const renaming: ReadonlySet<string | symbol> = new Set(['query', 'command', 'insert']);

/**
 * The same database, in which every statement means the shadows: what loads, rolls up and migrates the tables in use
 * does the same to them. Not a second database: the embedded engine ends hard when it merges in two.
 */
export function shadowOf(clickhouse: ClickHouse): ClickHouse {
  const client = new Proxy(clickhouse.client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...said: unknown[]): unknown =>
        Reflect.apply(value, target, renaming.has(name) ? [aboutShadows(said[0] as Said)] : said);
    },
  });
  return { ...clickhouse, client, close: () => Promise.resolve() };
}
