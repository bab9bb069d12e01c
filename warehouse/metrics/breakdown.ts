import * as z from 'zod';
import { modules, moduleSchema } from '#contracts/modules';
import { anyHoldSql, holdSql, weightSql, worstSql } from '../state.ts';
import { countColumns, countsSql } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { atParams, flagsSql, placedSql, sources, type Source } from './sources.ts';

/** By what rates can be broken down, beside the module. */
export const units = ['division', 'location', 'job_role'] as const;
export type Unit = (typeof units)[number];

const params = atParams.extend({ unit: z.enum(units) });

const row = z.object({
  unit_id: z.string(),
  unit_name: z.string(),
  /** `all`: people by their worst status over all modules asked for. */
  module: z.union([moduleSchema, z.literal('all')]),
  ...countColumns,
  /** Locations of the people counted. */
  locations: z.array(z.string()),
});
export type BreakdownRow = z.infer<typeof row>;

const parts = [
  `('all', ${worstSql('state')}, ${anyHoldSql('state')})`,
  ...modules.map((module) => `('${module}', ${weightSql(module, 'state')}, ${holdSql(module, 'state')})`),
].join(',\n      ');

const chosen = (id: string): string =>
  `multiIf({unit:String} = 'location', location_${id}, {unit:String} = 'job_role', job_role_${id}, division_${id})`;

function breakdown(source: Source): NamedQuery<typeof params, typeof row> {
  return {
    name: `overview.breakdown.${source}`,
    params,
    row,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  standing AS (SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id),
  cells AS (
    SELECT ${chosen('id')} AS unit_id, any(${chosen('name')}) AS unit_name, location_id, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    GROUP BY unit_id, location_id, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,${countsSql('part.2', 'part.3', 'people')},
  groupUniqArray(location_id) AS locations
FROM (
  SELECT unit_id, unit_name, location_id, people, arrayJoin([
      ${parts}]) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module`,
  };
}

/** People by worst status and flags by module, for each division, location or job role. */
export const breakdownQueries = Object.fromEntries(
  sources.map((source) => [source, breakdown(source)]),
) as Record<Source, ReturnType<typeof breakdown>>;
