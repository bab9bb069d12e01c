import type { ClickHouseSettings } from '#platform/clickhouse';
import type { Passed } from './gate.ts';
import type { Sight } from './sight.ts';
import { sources, type SourceContext } from './sources.ts';

/** What one question may use. */
export interface GuardLimits {
  readonly rows: number;
  /** Rows of the answer that come before the first one wanted: for reading a long answer page by page. */
  readonly offset: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly memoryBytes: number;
  /** Rows that the engine may read to answer. */
  readonly rowsRead: number;
}

export const defaultLimits: GuardLimits = {
  rows: 1000,
  offset: 0,
  bytes: 20_000_000,
  seconds: 15,
  memoryBytes: 1_000_000_000,
  rowsRead: 500_000_000,
};

/**
 * The statement that runs: our CTEs, one for each view that the question names, around the canonical text. The
 * question's ORDER BY survives the brackets. One row more than the limit tells that there are more.
 */
export function statementOf(
  passed: Passed,
  sight: Sight,
  context: SourceContext,
  { rows, offset }: Pick<GuardLimits, 'rows' | 'offset'>,
): string {
  const ctes = passed.views.map(
    (name) => `${name} AS (${sources[name](sight, context).replaceAll(/\s+/g, ' ')})`,
  );
  const within = ctes.length === 0 ? '' : `WITH ${ctes.join(', ')} `;
  const from = offset === 0 ? '' : ` OFFSET ${offset}`;
  return `${within}SELECT * FROM (${passed.canonical}) LIMIT ${rows + 1}${from}`;
}

/** Read-only, and bounded in time, memory and rows. Values nested in a question cannot raise them: SETTINGS are refused. */
export function settingsOf(limits: GuardLimits, mode: 'embedded' | 'server'): ClickHouseSettings {
  return {
    readonly: '1',
    max_execution_time: limits.seconds,
    timeout_before_checking_execution_speed: 0,
    max_memory_usage: String(limits.memoryBytes),
    max_result_rows: String(limits.rows + 1),
    max_result_bytes: String(limits.bytes),
    result_overflow_mode: 'throw',
    max_rows_to_read: String(limits.rowsRead),
    max_ast_elements: '20000',
    max_expanded_ast_elements: '50000',
    max_recursive_cte_evaluation_depth: '0',
    function_range_max_elements_in_block: '1000000',
    max_rows_in_join: '50000000',
    max_query_size: '200000',
    do_not_merge_across_partitions_select_final: 1,
    use_skip_indexes_if_final: 1,
    output_format_json_quote_decimals: 1,
    cancel_http_readonly_queries_on_client_close: 1,
    ...(mode === 'embedded' ? { max_threads: 1 } : {}),
  };
}
