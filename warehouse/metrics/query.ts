import type * as z from 'zod';
import type { ClickHouse } from '#platform/clickhouse';

/** One question to the warehouse as a value. The SQL is fixed text; all that varies goes in by parameters. */
export interface NamedQuery<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly sql: string;
  readonly params: P;
  readonly row: R;
}

/** Answers the question. Throws when the parameters or a row are not as declared, or the engine fails. */
export async function ask<P extends z.ZodType, R extends z.ZodType>(
  clickhouse: ClickHouse,
  query: NamedQuery<P, R>,
  params: z.input<P>,
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
    },
  });
  const rows = await result.json<unknown>();
  return rows.map((row) => query.row.parse(row));
}
