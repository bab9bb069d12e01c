import * as z from 'zod';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { integer } from './metrics/counts.ts';
import { ask, type NamedQuery } from './metrics/query.ts';

export interface DayRollupDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps `status_days`: how people stood at the end of each past day. Run it after midnight UTC, at start, and after
 * changes of past days were loaded (imports, a consumer that was behind); when nothing is due it costs one count.
 *
 * Each run brings the table to what the history says by adding differences, so a run that was cut short is mended by
 * the next. Two runs at once would both add the same difference: let one process run it at a time.
 */
export interface DayRollup {
  run(): Promise<{ readonly tenants: number; readonly days: number }>;
}

/** A trend of 90 days as of any instant of the last year. */
const keptDays = 365 + 90;
/** One pass reads the whole history before it, so few long spans are cheaper than many short ones. */
const daysPerStep = 120;
const dayMs = 86_400_000;

export function createDayRollup({ clickhouse, clock, log }: DayRollupDeps): DayRollup {
  return {
    run: async () => {
      const nowMs = clock.nowMs();
      const firstDay = dayOf(nowMs - keptDays * dayMs);
      const lastDay = dayOf(nowMs - dayMs);
      const due = await ask(clickhouse, dueQuery, { first_day: firstDay, last_day: lastDay });
      let days = 0;
      for (const { tenant_id: tenant, from_day: fromDay } of due) {
        for (const span of spansOf(fromDay, lastDay)) {
          await rollUp(clickhouse, tenant, span, nowMs);
          days += span.length;
        }
      }
      if (days > 0) {
        const durationMs = clock.nowMs() - nowMs;
        log.info({ table: 'status_days', count: days, durationMs }, 'past days rolled up');
      }
      return { tenants: due.length, days };
    },
  };
}

interface Span {
  readonly first: string;
  readonly last: string;
  readonly length: number;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Cuts a range of days into steps; both ends are inside. */
export function spansOf(first: string, last: string): Span[] {
  const spans: Span[] = [];
  const endMs = Date.parse(last);
  for (let startMs = Date.parse(first); startMs <= endMs; startMs += daysPerStep * dayMs) {
    const stopMs = Math.min(startMs + (daysPerStep - 1) * dayMs, endMs);
    const length = (stopMs - startMs) / dayMs + 1;
    spans.push({ first: dayOf(startMs), last: dayOf(stopMs), length });
  }
  return spans;
}

const dueParams = z.object({ first_day: z.iso.date(), last_day: z.iso.date() });
const dueRow = z.object({ tenant_id: z.string(), from_day: z.string(), days: integer });

/** A change of a past day moves every later day, so a company is due from its first differing day on. */
const dueQuery: NamedQuery<typeof dueParams, typeof dueRow> = {
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
    SELECT tenant_id, addDays(begins, step) AS day
    FROM (
      SELECT tenant_id, greatest(min(toDate(decided_at)), {first_day:Date}) AS begins
      FROM flag_changes
      WHERE decided_at < addDays({last_day:Date}, 1)
      GROUP BY tenant_id
    )
    ARRAY JOIN range(toUInt32(dateDiff('day', begins, {last_day:Date}) + 1)) AS step
  )
SELECT tenant_id, min(day) AS from_day, count() AS days
FROM expected
LEFT JOIN counted USING (tenant_id, day)
LEFT JOIN (SELECT tenant_id, day, changes AS rolled, 1 AS is_rolled FROM rolled_days FINAL) AS done USING (tenant_id, day)
WHERE is_rolled = 0 OR rolled != changes
GROUP BY tenant_id
ORDER BY tenant_id`,
};

async function rollUp(clickhouse: ClickHouse, tenant: string, span: Span, nowMs: number): Promise<void> {
  const params = { tenant, first_day: span.first, last_day: span.last, length: span.length };
  // Counted before the states are read: a change that arrives in between makes the day due again.
  const marks = await ask(clickhouse, countQuery, params);
  for (const audience of ['der', 'others']) {
    await clickhouse.client.command({ query: differenceSql, query_params: { ...params, audience } });
  }
  await clickhouse.client.insert({
    table: 'rolled_days',
    values: marks.map(({ day, changes }) => ({ tenant_id: tenant, day, changes, rolled_at: nowMs })),
    format: 'JSONEachRow',
  });
}

const countParams = z.object({
  tenant: z.string(),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  length: z.int(),
});
const countRow = z.object({ day: z.string(), changes: integer });

const countQuery: NamedQuery<typeof countParams, typeof countRow> = {
  name: 'rollup.count',
  params: countParams,
  row: countRow,
  sql: `SELECT day, toUInt64(sum(changes)) AS changes
FROM (
  SELECT toDate(decided_at) AS day, count() AS changes
  FROM flag_changes
  WHERE tenant_id = {tenant:String} AND decided_at >= {first_day:Date} AND decided_at < addDays({last_day:Date}, 1)
  GROUP BY day
  UNION ALL
  SELECT addDays({first_day:Date}, number) AS day, 0 AS changes FROM numbers({length:UInt32})
)
GROUP BY day
ORDER BY day`,
};

/**
 * Adds to status_days what is missing in it (a negative number: what is too much). From the inside out:
 * `moves` the bits of each flag after each day on which it changed, all days before the span counting as its first;
 * `turns` by how much a person's state changed on a day, `lives` the states of a person one after the other;
 * `steps` how many people came into a cell or left it on a day, and from those the number in the cell on each day.
 */
const differenceSql = `INSERT INTO status_days
WITH
  moves AS (
    SELECT employee_id, module,
      greatest(dateDiff('day', {first_day:Date}, toDate(decided_at)), 0) AS step,
      toInt64(argMax(to_bits, sequence)) AS bits
    FROM flag_changes FINAL
    WHERE tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
      AND decided_at < addDays({last_day:Date}, 1)
    GROUP BY employee_id, module, step
  ),
  turns AS (
    SELECT employee_id, moved.1 AS step, sum(moved.2) AS turn
    FROM (
      SELECT employee_id, arraySort(groupArray((step, bits))) AS pairs,
        arrayPopBack(arrayPushFront(pairs.2, 0)) AS before,
        arrayJoin(arrayMap((pair, was) -> (pair.1, pair.2 - was), pairs, before)) AS moved
      FROM moves
      GROUP BY employee_id, module
    )
    GROUP BY employee_id, step
  ),
  lives AS (
    SELECT employee_id, arraySort(groupArray((step, turn))) AS pairs,
      arrayJoin(arrayZip(pairs.1, arrayCumSum(pairs.2), arrayPopFront(arrayPushBack(pairs.1, {length:Int64})))) AS life
    FROM turns
    GROUP BY employee_id
  ),
  steps AS (
    SELECT division_id, location_id, job_role_id, toUInt32(life.2) AS state,
      arrayJoin([(life.1, 1), (life.3, -1)]) AS event, sum(event.2) AS number
    FROM lives INNER JOIN (
      SELECT employee_id, division_id, location_id, job_role_id FROM people FINAL WHERE tenant_id = {tenant:String}
    ) AS placed USING (employee_id)
    WHERE life.2 != 0
    GROUP BY division_id, location_id, job_role_id, state, event
  ),
  spells AS (
    SELECT division_id, location_id, job_role_id, state, arraySort(groupArray((step, number))) AS pairs,
      arrayJoin(arrayZip(pairs.1, arrayCumSum(pairs.2), arrayPopFront(arrayPushBack(pairs.1, {length:Int64})))) AS spell
    FROM (
      SELECT division_id, location_id, job_role_id, state, event.1 AS step, sum(number) AS number
      FROM steps
      GROUP BY division_id, location_id, job_role_id, state, step
    )
    GROUP BY division_id, location_id, job_role_id, state
  )
SELECT {tenant:String}, {audience:String}, day, division_id, location_id, job_role_id, state, sum(number) AS people
FROM (
  SELECT addDays({first_day:Date}, arrayJoin(range(toUInt32(spell.1), toUInt32(spell.3)))) AS day,
    division_id, location_id, job_role_id, state, spell.2 AS number
  FROM spells
  UNION ALL
  SELECT day, division_id, location_id, job_role_id, state, -people AS number
  FROM status_days
  WHERE tenant_id = {tenant:String} AND audience = {audience:String}
    AND day BETWEEN {first_day:Date} AND {last_day:Date}
)
GROUP BY day, division_id, location_id, job_role_id, state
HAVING people != 0
SETTINGS max_partitions_per_insert_block = 0, do_not_merge_across_partitions_select_final = 1`;
