import * as z from 'zod';
import { moduleSchema } from '#contracts/modules';
import { countColumns, differencesSql, integer } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { atParams, flagsSql, placedSql, sources, type Source } from './sources.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** Later than any instant of a flag: stands for "never". */
const never = 'toInt64(9223372036854775807)';
const millis = (column: string) => `ifNull(toUnixTimestamp64Milli(${column}), ${never})`;

const forecastParams = atParams.extend({ days: z.int().min(1).max(366) });
const forecastRow = z.object({ ahead: integer, ...countColumns });

/**
 * What dates already known do to people if nothing is done: on each coming day a flag is red from `turns_red_at` on,
 * else what `next_flag` says from `next_change_at` on, else what it is. Counts are differences from now.
 */
function forecast(source: Source): NamedQuery<typeof forecastParams, typeof forecastRow> {
  return {
    name: `overview.forecast.${source}`,
    params: forecastParams,
    row: forecastRow,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  dated AS (
    SELECT employee_id, toInt8(flag) AS weight, ${millis('next_change_at')} AS next_ms,
      toInt8(next_flag) AS next_weight, ${millis('turns_red_at')} AS red_ms
    FROM flags
    WHERE module IN {modules:Array(String)}
  ),
  moving AS (
    SELECT employee_id, groupArray((weight, next_ms, next_weight, red_ms)) AS parts
    FROM dated
    GROUP BY employee_id
    HAVING min(least(next_ms, red_ms)) <= {at_ms:Int64} + {days:UInt16} * ${dayMs}
  ),
  daily AS (
    SELECT ahead, {at_ms:Int64} + ahead * ${dayMs} AS until_ms, arrayMax(part -> part.1, parts) AS worst_now,
      arrayMax(part -> multiIf(part.4 <= until_ms, 4, part.2 <= until_ms, part.3, part.1), parts) AS worst_then
    FROM moving INNER JOIN placed USING (employee_id)
    ARRAY JOIN range(1, toUInt32({days:UInt16} + 1)) AS ahead
  )
SELECT ahead,
  ${differencesSql({ weight: 'worst_now', hold: '0' }, { weight: 'worst_then', hold: '0' })}
FROM daily
GROUP BY ahead
ORDER BY ahead`,
  };
}

export const forecastQueries = Object.fromEntries(
  sources.map((source) => [source, forecast(source)]),
) as Record<Source, ReturnType<typeof forecast>>;

const dueRow = z.object({
  week: integer,
  module: moduleSchema,
  flags: integer,
  in_30: integer,
  in_60: integer,
  in_90: integer,
});

/** Flags that turn red by date if nothing is done, by week from now. What is overdue this minute is in week 0. */
function fallsDue(source: Source): NamedQuery<typeof atParams, typeof dueRow> {
  return {
    name: `overview.falls_due.${source}`,
    params: atParams,
    row: dueRow,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  due AS (
    SELECT employee_id, module, greatest(${millis('turns_red_at')} - {at_ms:Int64}, 0) AS in_ms
    FROM flags
    WHERE flag NOT IN ('red', 'none') AND turns_red_at IS NOT NULL AND module IN {modules:Array(String)}
  )
SELECT intDiv(in_ms, ${weekMs}) AS week, module, count() AS flags,
  countIf(in_ms <= ${30 * dayMs}) AS in_30, countIf(in_ms <= ${60 * dayMs}) AS in_60, count() AS in_90
FROM due INNER JOIN placed USING (employee_id)
WHERE in_ms <= ${90 * dayMs}
GROUP BY week, module
ORDER BY week, module`,
  };
}

export const fallsDueQueries = Object.fromEntries(
  sources.map((source) => [source, fallsDue(source)]),
) as Record<Source, ReturnType<typeof fallsDue>>;
