import * as z from 'zod';
import { changeForAudience, personInScope, scopeParams } from './scope.ts';

/** Parameters of metrics at an instant. `at_ms`: now, or the past instant asked for. */
export const atParams = scopeParams.extend({ at_ms: z.int() });

export const atSql = "fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')";

/** SQL: people in scope, and where they are now. */
export const placedSql = `placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE ${personInScope}
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
  )`;

/** From where a metric reads flags: the current ones, or the history up to an instant. */
export type Source = 'now' | 'as_of';
export const sources = ['now', 'as_of'] as const satisfies readonly Source[];

/** SQL: one row per person and module, with the same columns from either source. */
export function flagsSql(source: Source): string {
  if (source === 'now') {
    return `flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  )`;
  }
  // argMax skips NULL, so what may be NULL travels in a tuple.
  return `flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE ${changeForAudience} AND decided_at <= ${atSql}
    GROUP BY employee_id, module
  )`;
}
