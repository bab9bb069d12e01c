import type * as z from 'zod';
import { textMap, type ClickHouse, type ClickHouseSettings } from '#platform/clickhouse';
import { rowFilters } from './row-filters.ts';
import type { ScopeParams } from './scope.ts';

/** One question to the warehouse as a value. The SQL is fixed text; all that varies goes in by parameters. */
export interface NamedQuery<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly sql: string;
  readonly params: P;
  readonly row: R;
}

/** A question within a scope: the only reader for what a viewer asks. The engine holds the scope once more (`rowFilters`). */
export function askInScope<P extends z.ZodType, R extends z.ZodType>(
  clickhouse: ClickHouse,
  query: NamedQuery<P, R>,
  params: z.input<P> & ScopeParams,
): Promise<z.output<R>[]> {
  return ask(clickhouse, query, params, {
    additional_table_filters: textMap(rowFilters(clickhouse.database, params)),
  });
}

/**
 * A question of the warehouse itself, about all companies. Throws when the parameters or a row are not as declared, or the
 * engine fails.
 */
export async function ask<P extends z.ZodType, R extends z.ZodType>(
  clickhouse: ClickHouse,
  query: NamedQuery<P, R>,
  params: z.input<P>,
  settings: ClickHouseSettings = {},
): Promise<z.output<R>[]> {
  const result = await clickhouse.client.query({
    query: query.sql,
    query_params: query.params.parse(params) as Record<string, unknown>,
    format: 'JSONEachRow',
    clickhouse_settings: {
      // A row and its replacements always lie in the same partition (catalogue).
      do_not_merge_across_partitions_select_final: 1,
      use_skip_indexes_if_final: 1,
      // The embedded engine has the application's cores: several threads for one question cost half as much again.
      ...(clickhouse.mode === 'embedded' ? { max_threads: 1 } : {}),
      max_execution_time: 30,
      log_comment: query.name,
      ...settings,
    },
  });
  const rows = await result.json<unknown>();
  return rows.map((row) => query.row.parse(row));
}
