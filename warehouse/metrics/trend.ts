import * as z from 'zod';
import { moduleSchema } from '#contracts/modules';
import { anyHoldSql, partsSql, worstSql } from '../state.ts';
import { countColumns, countsSql } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { changeForAudience, placeInScope, scopeParams } from './scope.ts';

/** Days are UTC; `first_day` and `last_day` are both inside. */
const params = scopeParams.extend({
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  /** The one day of which the modules are told too. */
  module_day: z.iso.date(),
});
const row = z.object({
  day: z.string(),
  /** `all`: people by their worst status over all modules asked for. */
  module: z.union([moduleSchema, z.literal('all')]),
  ...countColumns,
});
export type TrendRow = z.infer<typeof row>;

const rolledSql = `days AS (
    SELECT day, toUInt32(bitAnd(state, {mask:UInt32})) AS state, sum(people) AS people
    FROM status_days
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND day BETWEEN {first_day:Date} AND {last_day:Date} AND ${placeInScope}
    GROUP BY day, state
  )`;

/** For one person: status_days does not know people. */
const ownSql = `days AS (
    SELECT day, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state, 1 AS people
    FROM (
      SELECT addDays({first_day:Date}, step) AS day, module,
        argMaxIf(to_bits, sequence, toDate(decided_at) <= day) AS bits
      FROM flag_changes FINAL
      ARRAY JOIN range(toUInt32(dateDiff('day', {first_day:Date}, {last_day:Date}) + 1)) AS step
      WHERE ${changeForAudience} AND {employee:String} != ''
      GROUP BY day, module
    )
    GROUP BY day
  )`;

const trend = (name: string, days: string): NamedQuery<typeof params, typeof row> => ({
  name,
  params,
  row,
  sql: `WITH ${days}
SELECT day, 'all' AS module,${countsSql('weight', 'hold', 'people')}
FROM (
  SELECT day, ${worstSql('state')} AS weight, ${anyHoldSql('state')} AS hold, people FROM days
)
GROUP BY day
HAVING red + stale + yellow + green > 0
UNION ALL
SELECT day, part.1 AS module,${countsSql('part.2', 'part.3', 'people')}
FROM (
  SELECT day, people, arrayJoin(${partsSql('state')}) AS part FROM days WHERE day = {module_day:Date}
)
GROUP BY day, module
HAVING red + stale + yellow + green > 0
ORDER BY day, module`,
});

/** People by worst status at the end of each past day. */
export const trendQueries = {
  rolled: trend('overview.trend.rolled', rolledSql),
  own: trend('overview.trend.own', ownSql),
};
