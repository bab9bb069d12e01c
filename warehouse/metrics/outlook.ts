import * as z from 'zod';
import { moduleSchema } from '#contracts/modules';
import { placeSql, worstSql } from '../state.ts';
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
 * else what `next_flag` says from `next_change_at` on, else what it is. Rows are days on which people move, counts are
 * differences from the day before. Only people who move are looked at: their state at each step, and its worst colour.
 */
function forecast(source: Source): NamedQuery<typeof forecastParams, typeof forecastRow> {
  return {
    name: `overview.forecast.${source}`,
    params: forecastParams,
    row: forecastRow,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  dated AS (
    SELECT employee_id, toInt64(bitAnd(bits, {mask:UInt32})) AS bits,
      {at_ms:Int64} + {days:UInt16} * ${dayMs} AS until_ms,
      ${millis('next_change_at')} AS next_ms, ${millis('turns_red_at')} AS red_ms,
      bitShiftLeft(toInt64(toInt8(next_flag)), ${placeSql('module')}) AS next_bits,
      bitShiftLeft(toInt64(4), ${placeSql('module')}) AS red_bits
    FROM flags
    WHERE module IN {modules:Array(String)}
  ),
  moving AS (
    SELECT employee_id, sum(bits) AS state,
      groupArrayIf((next_ms, next_bits - bits), next_ms < red_ms AND next_ms <= until_ms) AS next_turns,
      groupArrayIf((red_ms, red_bits - if(next_ms < red_ms, next_bits, bits)), red_ms <= until_ms) AS red_turns
    FROM dated
    GROUP BY employee_id
    HAVING notEmpty(next_turns) OR notEmpty(red_turns)
  ),
  lives AS (
    SELECT arraySort(arrayConcat(next_turns, red_turns)) AS turns,
      arrayMap(turned -> toUInt32(state + turned), arrayCumSum(turns.2)) AS states,
      arrayJoin(arrayZip(turns.1, arrayPopBack(arrayPushFront(states, toUInt32(state))), states)) AS life
    FROM moving INNER JOIN placed USING (employee_id)
  ),
  sides AS (
    SELECT greatest(1, intDiv(life.1 - {at_ms:Int64} + ${dayMs - 1}, ${dayMs})) AS ahead, ${worstSql('life.2')} AS before, ${worstSql('life.3')} AS after
    FROM lives
    WHERE before != after
  )
SELECT ahead,
  ${differencesSql({ weight: 'before', hold: '0' }, { weight: 'after', hold: '0' })}
FROM sides
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
