import * as z from 'zod';
import { integer } from './metrics/counts.ts';
import type { NamedQuery } from './metrics/query.ts';

const dueParams = z.object({ first_day: z.iso.date(), last_day: z.iso.date() });
const dueRow = z.object({ tenant_id: z.string(), from_day: z.string(), history: integer });

/** A change of a past day moves every later day, so a company is due from its first differing day on. */
export const dueQuery: NamedQuery<typeof dueParams, typeof dueRow> = {
  name: 'rollup.due',
  params: dueParams,
  row: dueRow,
  sql: `WITH
  counted AS (
    SELECT tenant_id, toDate(decided_at) AS day, count() AS changes
    FROM flag_changes
    WHERE decided_at >= {first_day:Date} AND decided_at < addDays({last_day:Date}, 1)
    GROUP BY tenant_id, day
  ),
  expected AS (
    SELECT tenant_id, addDays(begins, step) AS day, history
    FROM (
      SELECT tenant_id, greatest(min(toDate(decided_at)), {first_day:Date}) AS begins, count() AS history
      FROM flag_changes
      WHERE decided_at < addDays({last_day:Date}, 1)
      GROUP BY tenant_id
    )
    ARRAY JOIN range(toUInt32(dateDiff('day', begins, {last_day:Date}) + 1)) AS step
  ),
  done AS (SELECT tenant_id, day, changes AS rolled, 1 AS is_rolled FROM rolled_days FINAL)
SELECT tenant_id, min(day) AS from_day, max(history) AS history
FROM expected LEFT JOIN counted USING (tenant_id, day) LEFT JOIN done USING (tenant_id, day)
WHERE is_rolled = 0 OR rolled != changes
GROUP BY tenant_id
ORDER BY tenant_id`,
};

const spanParams = z.object({
  tenants: z.array(z.string()),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  length: z.int(),
});
const countRow = z.object({ tenant_id: z.string(), day: z.string(), changes: integer });

/** Flag changes decided on each day of the span; also days without any. */
export const countQuery: NamedQuery<typeof spanParams, typeof countRow> = {
  name: 'rollup.count',
  params: spanParams,
  row: countRow,
  sql: `SELECT tenant_id, day, toUInt64(sum(changes)) AS changes
FROM (
  SELECT tenant_id, toDate(decided_at) AS day, count() AS changes
  FROM flag_changes
  WHERE tenant_id IN {tenants:Array(String)}
    AND decided_at >= {first_day:Date} AND decided_at < addDays({last_day:Date}, 1)
  GROUP BY tenant_id, day
  UNION ALL
  SELECT arrayJoin({tenants:Array(String)}) AS tenant_id, addDays({first_day:Date}, number) AS day, 0 AS changes
  FROM numbers({length:UInt32})
)
GROUP BY tenant_id, day
ORDER BY tenant_id, day`,
};

/** Running sums of (step, amount) pairs as (from, sum, until): each sum holds until the next step, the last to the span's end. */
const spellsOf = (pairs: string): string =>
  `arrayZip(${pairs}.1, arrayCumSum(${pairs}.2), arrayPopFront(arrayPushBack(${pairs}.1, {length:Int64})))`;

const cell = 'tenant_id, view, division_id, location_id, job_role_id, state';

/**
 * Adds to status_days what is missing in it (a negative number: what is too much). From the inside out:
 * `moves` the bits of each flag after each day on which it changed, all days before the span counting as its first;
 * `turns` by how much a person's state changed on a day; `lives` the states of a person one after the other;
 * `steps` how many people came into a cell or left it on a day; `spells` how many were in it from when to when.
 */
export const correctionSql = `INSERT INTO status_days
WITH
  moves AS (
    SELECT tenant_id, arrayJoin(if(audience = 'all', ['der', 'others'], [toString(audience)])) AS view, employee_id,
      module, greatest(dateDiff('day', {first_day:Date}, toDate(decided_at)), 0) AS step,
      toInt64(argMax(to_bits, sequence)) AS bits
    FROM flag_changes FINAL
    WHERE tenant_id IN {tenants:Array(String)} AND decided_at < addDays({last_day:Date}, 1)
    GROUP BY tenant_id, view, employee_id, module, step
  ),
  turns AS (
    SELECT tenant_id, view, employee_id, moved.1 AS step, sum(moved.2) AS turn
    FROM (
      SELECT tenant_id, view, employee_id, arraySort(groupArray((step, bits))) AS pairs,
        arrayPopBack(arrayPushFront(pairs.2, 0)) AS before,
        arrayJoin(arrayMap((pair, was) -> (pair.1, pair.2 - was), pairs, before)) AS moved
      FROM moves
      GROUP BY tenant_id, view, employee_id, module
    )
    GROUP BY tenant_id, view, employee_id, step
    HAVING turn != 0
  ),
  lives AS (
    SELECT tenant_id, view, employee_id, arraySort(groupArray((step, turn))) AS pairs,
      arrayJoin(${spellsOf('pairs')}) AS life
    FROM turns
    GROUP BY tenant_id, view, employee_id
  ),
  placed AS (
    SELECT tenant_id, employee_id, division_id, location_id, job_role_id
    FROM people FINAL
    WHERE tenant_id IN {tenants:Array(String)}
  ),
  steps AS (
    SELECT ${cell}, event.1 AS step, sum(event.2) AS number
    FROM (
      SELECT tenant_id, view, division_id, location_id, job_role_id, toUInt32(life.2) AS state,
        arrayJoin([(life.1, 1), (life.3, -1)]) AS event
      FROM lives INNER JOIN placed USING (tenant_id, employee_id)
      WHERE life.2 != 0
    )
    GROUP BY ${cell}, step
  ),
  spells AS (
    SELECT ${cell}, arraySort(groupArray((step, number))) AS pairs, arrayJoin(${spellsOf('pairs')}) AS spell
    FROM steps
    GROUP BY ${cell}
  )
SELECT tenant_id, view, day, division_id, location_id, job_role_id, state, sum(number) AS people
FROM (
  SELECT ${cell}, addDays({first_day:Date}, arrayJoin(range(toUInt32(spell.1), toUInt32(spell.3)))) AS day,
    spell.2 AS number
  FROM spells
  UNION ALL
  SELECT tenant_id, toString(audience) AS view, division_id, location_id, job_role_id, state, day, -people AS number
  FROM status_days
  WHERE tenant_id IN {tenants:Array(String)} AND day BETWEEN {first_day:Date} AND {last_day:Date}
)
GROUP BY ${cell}, day
HAVING people != 0
SETTINGS max_partitions_per_insert_block = 0, do_not_merge_across_partitions_select_final = 1,
  max_bytes_before_external_group_by = 300000000, max_bytes_before_external_sort = 300000000, max_threads = 2`;
