import { modules } from '#contracts/modules';

/**
 * The three questions of the overview in DuckDB's own SQL. Parameters: $tenant, $everyone (1 or 0), $division (the one
 * division of a limited viewer), $at_ms, $since_ms, $first_day, $last_day, $module_day. Colours are weights (0 none, 1 green, 2
 * yellow, 3 stale, 4 red), times are epoch milliseconds.
 */
const dayMs = 86_400_000;
const never = '9223372036854775807';
const names = modules.map((module) => `'${module}'`).join(', ');
const place = `(4 * (list_position([${names}], module) - 1))`;
const inScope = `($everyone = 1 OR division_id = $division)`;
const forView = `tenant_id = $tenant AND audience IN ('all', 'others')`;
const until = (days: number) => `$at_ms + ${days * dayMs}`;

/** Where ClickHouse has FINAL, each table here holds one row per key already. */
const persons = `placed AS (
    SELECT employee_id, division_id, division_name, location_id FROM people
    WHERE tenant_id = $tenant AND ${inScope}
  ),
  moved AS (
    SELECT employee_id, sum(15::BIGINT << place)::BIGINT AS moved_mask, sum(was)::BIGINT AS moved_from
    FROM (
      SELECT employee_id, ${place} AS place, arg_min(from_bits, sequence) AS was FROM flag_changes
      WHERE ${forView} AND decided_ms > $since_ms AND decided_ms <= $at_ms
      GROUP BY employee_id, module
    )
    GROUP BY employee_id
  ),
  standing AS (
    SELECT employee_id, sum(bits)::BIGINT AS state,
      list({n: next_ms, r: red_ms, p: place, f: bits, x: next_bits})
        FILTER (WHERE least(next_ms, red_ms) <= ${until(90)}) AS dated
    FROM (
      SELECT employee_id, bits::BIGINT AS bits, ${place} AS place, coalesce(next_change_ms, ${never}) AS next_ms,
        coalesce(turns_red_ms, ${never}) AS red_ms, next_weight::BIGINT << ${place} AS next_bits
      FROM flags_current WHERE tenant_id = $tenant AND audience = 'others'
    )
    GROUP BY employee_id
  ),
  joined AS (
    SELECT division_id, division_name, location_id, state, coalesce(dated, []) AS dated,
      (state & ~coalesce(moved_mask, 0)) + coalesce(moved_from, 0) AS state_then
    FROM standing JOIN placed USING (employee_id) LEFT JOIN moved USING (employee_id)
  ),
  turning AS (
    SELECT *, list_sort(list_concat(
        [{a: e.n, d: e.x - e.f} FOR e IN dated IF e.n < e.r AND e.n <= ${until(30)}],
        [{a: e.r, d: (4::BIGINT << e.p) - CASE WHEN e.n < e.r THEN e.x ELSE e.f END} FOR e IN dated IF e.r <= ${until(30)}]
      )) AS turns
    FROM joined
  ),
  persons AS (
    SELECT division_id, division_name, location_id, state, state_then,
      list_transform(turns, lambda t, i:
        ((greatest(1, (t.a - $at_ms + ${dayMs - 1}) // ${dayMs}) << 24) + state
          + list_sum(list_transform(turns[1:i], lambda u: u.d)))::DOUBLE) AS to_come,
      [(((greatest(e.r - $at_ms, 0) // ${7 * dayMs}) << 16) + (e.p << 8)
          + CASE WHEN e.r <= ${until(30)} THEN 30 WHEN e.r <= ${until(60)} THEN 60 ELSE 90 END)::DOUBLE
        FOR e IN dated IF e.r <= ${until(90)} AND ((e.f >> e.p) & 7) BETWEEN 1 AND 3] AS due
    FROM turning
  )`;

export const standingSql = `WITH ${persons},
  cells AS (
    SELECT division_id, state, any_value(division_name) AS name, count(*)::DOUBLE AS number,
      list(DISTINCT location_id) AS places,
      coalesce(list(state_then::DOUBLE) FILTER (WHERE state_then != state), []) AS thens,
      coalesce(list(to_come) FILTER (WHERE len(to_come) > 0), []) AS lives, flatten(list(due)) AS dues
    FROM persons GROUP BY division_id, state
  )
SELECT division_id, any_value(name) AS division_name,
  coalesce(list_distinct(flatten(list(places) FILTER (WHERE state != 0))), []) AS locations,
  list(state::DOUBLE) AS states, list(number) AS people, list(thens) AS states_then, list(lives) AS states_to_come,
  flatten(list(dues)) AS due
FROM cells GROUP BY division_id`;

const counts = (weight: string, hold: string) => `
  (sum(people) FILTER (WHERE ${weight} = 4))::DOUBLE AS red, (sum(people) FILTER (WHERE ${weight} = 3))::DOUBLE AS stale,
  (sum(people) FILTER (WHERE ${weight} = 2))::DOUBLE AS yellow, (sum(people) FILTER (WHERE ${weight} = 1))::DOUBLE AS green,
  (sum(people) FILTER (WHERE ${hold} AND ${weight} > 0))::DOUBLE AS on_hold`;
const anyone = `HAVING coalesce(red, 0) + coalesce(stale, 0) + coalesce(yellow, 0) + coalesce(green, 0) > 0`;
const places = modules.map((module, at) => `('${module}', ${at * 4})`).join(', ');

export const trendSql = `WITH days AS (
    SELECT day, state, sum(people) AS people FROM status_days
    WHERE tenant_id = $tenant AND audience = 'others' AND day BETWEEN $first_day::DATE AND $last_day::DATE AND ${inScope}
    GROUP BY day, state
  )
SELECT day::VARCHAR AS day, 'all' AS module,${counts('weight', 'hold')}
FROM (
  SELECT day, people, (state & 8947848) != 0 AS hold,
    CASE WHEN (state & 4473924) != 0 THEN 4 WHEN (state & (state >> 1) & 1118481) != 0 THEN 3
      WHEN (state & 2236962) != 0 THEN 2 WHEN (state & 1118481) != 0 THEN 1 ELSE 0 END AS weight
  FROM days
)
GROUP BY day ${anyone}
UNION ALL
SELECT day::VARCHAR, module,${counts('((state >> place) & 7)', '((state >> (place + 3)) & 1 = 1)')}
FROM days, (VALUES ${places}) AS places(module, place)
WHERE day = $module_day::DATE
GROUP BY day, module ${anyone}
ORDER BY day, module`;

export const changesSql = `WITH changes AS (
    SELECT * FROM flag_changes
    WHERE ${forView} AND decided_ms > $since_ms AND decided_ms <= $at_ms
      AND (from_weight != to_weight OR from_hold != to_hold)
  )
SELECT id, changes.employee_id, placed.name AS name, placed.division_id, placed.location_id, placed.job_role_id, module,
  from_weight, from_hold, to_weight, to_hold, short, summary, lead_rule_id, decided_ms::DOUBLE AS decided_ms,
  (count(*) OVER ())::DOUBLE AS total,
  (count(*) FILTER (WHERE to_weight > greatest(from_weight, 1) OR (to_hold AND NOT from_hold)) OVER ())::DOUBLE AS worse
FROM changes JOIN people AS placed ON placed.employee_id = changes.employee_id
WHERE placed.tenant_id = $tenant AND ($everyone = 1 OR placed.division_id = $division)
ORDER BY changes.decided_ms DESC, sequence DESC
LIMIT 20`;

/** Rows as DuckDB takes them over, by table: the columns that the overview reads, in the order of the table's key. */
export const exported: Readonly<Record<string, string>> = {
  people: `SELECT tenant_id, employee_id, name, division_id, division_name, location_id, job_role_id
    FROM people FINAL ORDER BY tenant_id, employee_id`,
  flags_current: `SELECT tenant_id, audience, employee_id, module, bits, toUnixTimestamp64Milli(next_change_at) AS next_change_ms,
    toInt8(next_flag) AS next_weight, toUnixTimestamp64Milli(turns_red_at) AS turns_red_ms
    FROM flags_current FINAL ORDER BY tenant_id, audience, employee_id, module`,
  flag_changes: `SELECT id, tenant_id, audience, sequence, employee_id, module, toInt8(from_flag) AS from_weight, from_hold,
    toInt8(to_flag) AS to_weight, to_hold, from_bits, short, summary, lead_rule_id,
    toUnixTimestamp64Milli(decided_at) AS decided_ms
    FROM flag_changes FINAL ORDER BY tenant_id, decided_at, id`,
  status_days: `SELECT tenant_id, audience, day, division_id, location_id, state, people FROM status_days
    ORDER BY tenant_id, audience, day, division_id, location_id, job_role_id, state`,
};
