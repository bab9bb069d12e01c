import * as z from 'zod';
import { flagColourSchema } from '#contracts/flags';
import { moduleSchema } from '#contracts/modules';
import { anyHoldSql, worstSql } from '../state.ts';
import { countColumns, differencesSql, integer } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { changeForAudience } from './scope.ts';
import { atParams, atSql, flagsSql, placedSql, sources, type Source } from './sources.ts';

const differenceParams = atParams.extend({ since_ms: z.int() });
const differenceRow = z.object(countColumns);

const sinceSql = "fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')";
const within = `${changeForAudience} AND decided_at > ${sinceSql} AND decided_at <= ${atSql}`;

/** Only those whose flag changed since then are looked at: what each of their flags was is kept in its first change. */
function difference(source: Source): NamedQuery<typeof differenceParams, typeof differenceRow> {
  return {
    name: `overview.difference.${source}`,
    params: differenceParams,
    row: differenceRow,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  moved AS (
    SELECT employee_id, groupArray(module) AS moved_modules, groupArray(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE ${within}
      GROUP BY employee_id, module
    )
    GROUP BY employee_id
  ),
  states AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state_now,
      toUInt32(bitAnd(sum(if(at = 0, bits, moved_from[at])), {mask:UInt32})) AS state_then
    FROM (
      SELECT employee_id, bits, moved_from, indexOf(moved_modules, module) AS at
      FROM flags INNER JOIN moved USING (employee_id)
    )
    GROUP BY employee_id
  ),
  sides AS (
    SELECT ${worstSql('state_now')} AS now, ${worstSql('state_then')} AS then,
      ${anyHoldSql('state_now')} AS hold_now, ${anyHoldSql('state_then')} AS hold_then
    FROM states INNER JOIN placed USING (employee_id)
    WHERE state_now != state_then
  )
SELECT
  ${differencesSql({ weight: 'then', hold: 'hold_then' }, { weight: 'now', hold: 'hold_now' })}
FROM sides`,
  };
}

/** By how much the numbers of people by worst status changed since an instant. */
export const differenceQueries = Object.fromEntries(
  sources.map((source) => [source, difference(source)]),
) as Record<Source, ReturnType<typeof difference>>;

const changesParams = differenceParams.extend({ limit: z.int().positive().max(1000) });

const changesRow = z.object({
  id: z.string(),
  employee_id: z.string(),
  name: z.string(),
  division_id: z.string(),
  location_id: z.string(),
  job_role_id: z.string(),
  module: moduleSchema,
  from_flag: flagColourSchema,
  from_hold: z.boolean(),
  to_flag: flagColourSchema,
  to_hold: z.boolean(),
  short: z.string(),
  summary: z.string(),
  lead_rule_id: z.string(),
  decided_at: z.string(),
  total: integer,
  worse: integer,
});
export type ChangesRow = z.infer<typeof changesRow>;

/** Changes of colour or hold since an instant, newest first, with how many there were and how many for the worse. */
export const changesQuery: NamedQuery<typeof changesParams, typeof changesRow> = {
  name: 'overview.changes',
  params: changesParams,
  row: changesRow,
  sql: `WITH ${placedSql},
  changes AS (
    SELECT id, employee_id, sequence, module, from_flag, from_hold, to_flag, to_hold, short, summary,
      lead_rule_id, decided_at
    FROM flag_changes FINAL
    WHERE ${within} AND module IN {modules:Array(String)}
      AND (from_flag != to_flag OR from_hold != to_hold)
  )
SELECT id, employee_id, placed.name AS name, division_id, location_id, job_role_id, module, from_flag, from_hold,
  to_flag, to_hold, short, summary, lead_rule_id, decided_at,
  count() OVER () AS total,
  countIf(toInt8(to_flag) > greatest(toInt8(from_flag), 1) OR (to_hold AND NOT from_hold)) OVER () AS worse
FROM changes INNER JOIN placed USING (employee_id)
ORDER BY decided_at DESC, sequence DESC
LIMIT {limit:UInt32}`,
};
