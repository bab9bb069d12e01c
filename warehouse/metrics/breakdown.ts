import * as z from 'zod';
import { moduleSchema } from '#contracts/modules';
import { anyHoldSql, partsSql, worstSql } from '../state.ts';
import { countColumns, countsSql } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { atParams, flagsSql, placedSql, type Source } from './sources.ts';

/** By what rates can be broken down, beside the module. */
export const units = ['division', 'location', 'job_role'] as const;
export type Unit = (typeof units)[number];

const row = z.object({
  unit_id: z.string(),
  unit_name: z.string(),
  /** `all`: people by their worst status over all modules asked for. */
  module: z.union([moduleSchema, z.literal('all')]),
  ...countColumns,
  /** Locations of the people counted; only in rows of `all`. */
  locations: z.array(z.string()),
});
export type BreakdownRow = z.infer<typeof row>;

function breakdown(source: Source, unit: Unit): NamedQuery<typeof atParams, typeof row> {
  return {
    name: `overview.breakdown.${unit}.${source}`,
    params: atParams,
    row,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT ${unit}_id AS unit_id, any(${unit}_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,${countsSql('part.2', 'part.3', 'people')},
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(${partsSql('state')},
    ('all', ${worstSql('state')}, ${anyHoldSql('state')}))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module`,
  };
}

const bySource = (source: Source) => ({
  division: breakdown(source, 'division'),
  location: breakdown(source, 'location'),
  job_role: breakdown(source, 'job_role'),
});

/** People by worst status and flags by module, for each division, location or job role. */
export const breakdownQueries = { now: bySource('now'), as_of: bySource('as_of') } satisfies Record<
  Source,
  Record<Unit, NamedQuery>
>;
