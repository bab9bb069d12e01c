-- overview.breakdown.division.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT division_id AS unit_id, any(division_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.breakdown.location.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT location_id AS unit_id, any(location_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.breakdown.job_role.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT job_role_id AS unit_id, any(job_role_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.breakdown.division.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT division_id AS unit_id, any(division_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.breakdown.location.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT location_id AS unit_id, any(location_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.breakdown.job_role.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  standing AS (
    SELECT employee_id, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state FROM flags GROUP BY employee_id
  ),
  cells AS (
    SELECT job_role_id AS unit_id, any(job_role_name) AS unit_name, location_id AS place, state, count() AS people
    FROM standing INNER JOIN placed USING (employee_id)
    WHERE state != 0
    GROUP BY unit_id, place, state
  )
SELECT unit_id, any(unit_name) AS unit_name, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold,
  groupUniqArrayIf(place, part.1 = 'all') AS locations
FROM (
  SELECT unit_id, unit_name, place, people, arrayJoin(arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]),
    ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.difference.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  moved AS (
    SELECT employee_id, groupArray(module) AS moved_modules, groupArray(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
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
    SELECT arrayMax(place -> bitAnd(bitShiftRight(state_now, place), 7), [0, 4, 8, 12, 16, 20]) AS now, arrayMax(place -> bitAnd(bitShiftRight(state_then, place), 7), [0, 4, 8, 12, 16, 20]) AS then,
      (bitAnd(state_now, 8947848) != 0) AS hold_now, (bitAnd(state_then, 8947848) != 0) AS hold_then
    FROM states INNER JOIN placed USING (employee_id)
    WHERE state_now != state_then
  )
SELECT
  sum(toInt64(now = 4) - toInt64(then = 4)) AS red,
  sum(toInt64(now = 3) - toInt64(then = 3)) AS stale,
  sum(toInt64(now = 2) - toInt64(then = 2)) AS yellow,
  sum(toInt64(now = 1) - toInt64(then = 1)) AS green,
  sum(toInt64(hold_now AND now > 0) - toInt64(hold_then AND then > 0)) AS on_hold
FROM sides;

-- overview.difference.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  moved AS (
    SELECT employee_id, groupArray(module) AS moved_modules, groupArray(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
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
    SELECT arrayMax(place -> bitAnd(bitShiftRight(state_now, place), 7), [0, 4, 8, 12, 16, 20]) AS now, arrayMax(place -> bitAnd(bitShiftRight(state_then, place), 7), [0, 4, 8, 12, 16, 20]) AS then,
      (bitAnd(state_now, 8947848) != 0) AS hold_now, (bitAnd(state_then, 8947848) != 0) AS hold_then
    FROM states INNER JOIN placed USING (employee_id)
    WHERE state_now != state_then
  )
SELECT
  sum(toInt64(now = 4) - toInt64(then = 4)) AS red,
  sum(toInt64(now = 3) - toInt64(then = 3)) AS stale,
  sum(toInt64(now = 2) - toInt64(then = 2)) AS yellow,
  sum(toInt64(now = 1) - toInt64(then = 1)) AS green,
  sum(toInt64(hold_now AND now > 0) - toInt64(hold_then AND then > 0)) AS on_hold
FROM sides;

-- overview.changes
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  changes AS (
    SELECT id, employee_id, sequence, module, from_flag, from_hold, to_flag, to_hold, short, summary,
      lead_rule_id, decided_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC') AND module IN {modules:Array(String)}
      AND (from_flag != to_flag OR from_hold != to_hold)
  )
SELECT id, employee_id, placed.name AS name, division_id, location_id, job_role_id, module, from_flag, from_hold,
  to_flag, to_hold, short, summary, lead_rule_id, decided_at,
  count() OVER () AS total,
  countIf(toInt8(to_flag) > greatest(toInt8(from_flag), 1) OR (to_hold AND NOT from_hold)) OVER () AS worse
FROM changes INNER JOIN placed USING (employee_id)
ORDER BY decided_at DESC, sequence DESC
LIMIT {limit:UInt32};

-- overview.trend.rolled
WITH days AS (
    SELECT day, toUInt32(bitAnd(state, {mask:UInt32})) AS state, sum(people) AS people
    FROM status_days
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND day BETWEEN {first_day:Date} AND {last_day:Date} AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
    GROUP BY day, state
  )
SELECT day, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold
FROM (
  SELECT day, people, ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)) AS all,
    arrayJoin(if(day = {module_day:Date}, arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]), all), [all])) AS part
  FROM days
  WHERE state != 0
)
WHERE part.2 > 0
GROUP BY day, module
HAVING red + stale + yellow + green > 0
ORDER BY day, module;

-- overview.trend.own
WITH days AS (
    SELECT day, toUInt32(bitAnd(sum(bits), {mask:UInt32})) AS state, 1 AS people
    FROM (
      SELECT addDays({first_day:Date}, step) AS day, module,
        argMaxIf(to_bits, sequence, toDate(decided_at) <= day) AS bits
      FROM flag_changes FINAL
      ARRAY JOIN range(toUInt32(dateDiff('day', {first_day:Date}, {last_day:Date}) + 1)) AS step
      WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND {employee:String} != ''
      GROUP BY day, module
    )
    GROUP BY day
  )
SELECT day, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold
FROM (
  SELECT day, people, ('all', arrayMax(place -> bitAnd(bitShiftRight(state, place), 7), [0, 4, 8, 12, 16, 20]), (bitAnd(state, 8947848) != 0)) AS all,
    arrayJoin(if(day = {module_day:Date}, arrayPushFront(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20]), all), [all])) AS part
  FROM days
  WHERE state != 0
)
WHERE part.2 > 0
GROUP BY day, module
HAVING red + stale + yellow + green > 0
ORDER BY day, module;

-- overview.forecast.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  dated AS (
    SELECT employee_id, toInt64(bitAnd(bits, {mask:UInt32})) AS bits,
      {at_ms:Int64} + {days:UInt16} * 86400000 AS until_ms,
      ifNull(toUnixTimestamp64Milli(next_change_at), toInt64(9223372036854775807)) AS next_ms, ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) AS red_ms,
      bitShiftLeft(toInt64(toInt8(next_flag)), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1)) AS next_bits,
      bitShiftLeft(toInt64(4), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1)) AS red_bits
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
    SELECT greatest(1, intDiv(life.1 - {at_ms:Int64} + 86399999, 86400000)) AS ahead, arrayMax(place -> bitAnd(bitShiftRight(life.2, place), 7), [0, 4, 8, 12, 16, 20]) AS before, arrayMax(place -> bitAnd(bitShiftRight(life.3, place), 7), [0, 4, 8, 12, 16, 20]) AS after
    FROM lives
    WHERE before != after
  )
SELECT ahead,
  sum(toInt64(after = 4) - toInt64(before = 4)) AS red,
  sum(toInt64(after = 3) - toInt64(before = 3)) AS stale,
  sum(toInt64(after = 2) - toInt64(before = 2)) AS yellow,
  sum(toInt64(after = 1) - toInt64(before = 1)) AS green,
  sum(toInt64(0 AND after > 0) - toInt64(0 AND before > 0)) AS on_hold
FROM sides
GROUP BY ahead
ORDER BY ahead;

-- overview.forecast.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  dated AS (
    SELECT employee_id, toInt64(bitAnd(bits, {mask:UInt32})) AS bits,
      {at_ms:Int64} + {days:UInt16} * 86400000 AS until_ms,
      ifNull(toUnixTimestamp64Milli(next_change_at), toInt64(9223372036854775807)) AS next_ms, ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) AS red_ms,
      bitShiftLeft(toInt64(toInt8(next_flag)), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1)) AS next_bits,
      bitShiftLeft(toInt64(4), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1)) AS red_bits
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
    SELECT greatest(1, intDiv(life.1 - {at_ms:Int64} + 86399999, 86400000)) AS ahead, arrayMax(place -> bitAnd(bitShiftRight(life.2, place), 7), [0, 4, 8, 12, 16, 20]) AS before, arrayMax(place -> bitAnd(bitShiftRight(life.3, place), 7), [0, 4, 8, 12, 16, 20]) AS after
    FROM lives
    WHERE before != after
  )
SELECT ahead,
  sum(toInt64(after = 4) - toInt64(before = 4)) AS red,
  sum(toInt64(after = 3) - toInt64(before = 3)) AS stale,
  sum(toInt64(after = 2) - toInt64(before = 2)) AS yellow,
  sum(toInt64(after = 1) - toInt64(before = 1)) AS green,
  sum(toInt64(0 AND after > 0) - toInt64(0 AND before > 0)) AS on_hold
FROM sides
GROUP BY ahead
ORDER BY ahead;

-- overview.falls_due.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  due AS (
    SELECT employee_id, module, greatest(ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) - {at_ms:Int64}, 0) AS in_ms
    FROM flags
    WHERE flag NOT IN ('red', 'none') AND turns_red_at IS NOT NULL AND module IN {modules:Array(String)}
  )
SELECT intDiv(in_ms, 604800000) AS week, module, count() AS flags,
  countIf(in_ms <= 2592000000) AS in_30, countIf(in_ms <= 5184000000) AS in_60, count() AS in_90
FROM due INNER JOIN placed USING (employee_id)
WHERE in_ms <= 7776000000
GROUP BY week, module
ORDER BY week, module;

-- overview.falls_due.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  ),
  flags AS (
    SELECT employee_id, module,
      argMax(to_flag, sequence) AS flag,
      argMax(to_bits, sequence) AS bits,
      tupleElement(argMax(tuple(next_change_at), sequence), 1) AS next_change_at,
      argMax(next_flag, sequence) AS next_flag,
      tupleElement(argMax(tuple(turns_red_at), sequence), 1) AS turns_red_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
    GROUP BY employee_id, module
  ),
  due AS (
    SELECT employee_id, module, greatest(ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) - {at_ms:Int64}, 0) AS in_ms
    FROM flags
    WHERE flag NOT IN ('red', 'none') AND turns_red_at IS NOT NULL AND module IN {modules:Array(String)}
  )
SELECT intDiv(in_ms, 604800000) AS week, module, count() AS flags,
  countIf(in_ms <= 2592000000) AS in_30, countIf(in_ms <= 5184000000) AS in_60, count() AS in_90
FROM due INNER JOIN placed USING (employee_id)
WHERE in_ms <= 7776000000
GROUP BY week, module
ORDER BY week, module;

-- vendors.rates
SELECT endpoint_id, any(vendor) AS vendor,
  intDiv(toUnixTimestamp64Milli(received_at) - {since_ms:Int64}, {bucket_ms:Int64}) AS bucket,
  count() AS events, max(received_at) AS last_received_at
FROM compliance_events FINAL
WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
  AND received_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
  AND endpoint_id != '' AND (module IN {modules:Array(String)} OR module = 'people')
GROUP BY endpoint_id, bucket
ORDER BY endpoint_id, bucket;

-- rollup.due
WITH
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
ORDER BY tenant_id;

-- rollup.count
SELECT tenant_id, day, toUInt64(sum(changes)) AS changes
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
ORDER BY tenant_id, day;

-- rollup.correction
INSERT INTO status_days
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
      arrayJoin(arrayZip(pairs.1, arrayCumSum(pairs.2), arrayPopFront(arrayPushBack(pairs.1, {length:Int64})))) AS life
    FROM turns
    GROUP BY tenant_id, view, employee_id
  ),
  placed AS (
    SELECT tenant_id, employee_id, division_id, location_id, job_role_id
    FROM people FINAL
    WHERE tenant_id IN {tenants:Array(String)}
  ),
  steps AS (
    SELECT tenant_id, view, division_id, location_id, job_role_id, state, event.1 AS step, sum(event.2) AS number
    FROM (
      SELECT tenant_id, view, division_id, location_id, job_role_id, toUInt32(life.2) AS state,
        arrayJoin([(life.1, 1), (life.3, -1)]) AS event
      FROM lives INNER JOIN placed USING (tenant_id, employee_id)
      WHERE life.2 != 0
    )
    GROUP BY tenant_id, view, division_id, location_id, job_role_id, state, step
  ),
  spells AS (
    SELECT tenant_id, view, division_id, location_id, job_role_id, state, arraySort(groupArray((step, number))) AS pairs, arrayJoin(arrayZip(pairs.1, arrayCumSum(pairs.2), arrayPopFront(arrayPushBack(pairs.1, {length:Int64})))) AS spell
    FROM steps
    GROUP BY tenant_id, view, division_id, location_id, job_role_id, state
  )
SELECT tenant_id, view, day, division_id, location_id, job_role_id, state, sum(number) AS people
FROM (
  SELECT tenant_id, view, division_id, location_id, job_role_id, state, addDays({first_day:Date}, arrayJoin(range(toUInt32(spell.1), toUInt32(spell.3)))) AS day,
    spell.2 AS number
  FROM spells
  UNION ALL
  SELECT tenant_id, toString(audience) AS view, division_id, location_id, job_role_id, state, day, -people AS number
  FROM status_days
  WHERE tenant_id IN {tenants:Array(String)} AND day BETWEEN {first_day:Date} AND {last_day:Date}
)
GROUP BY tenant_id, view, division_id, location_id, job_role_id, state, day
HAVING people != 0
SETTINGS max_partitions_per_insert_block = 0, do_not_merge_across_partitions_select_final = 1,
  max_bytes_before_external_group_by = 300000000, max_bytes_before_external_sort = 300000000, max_threads = 2;
