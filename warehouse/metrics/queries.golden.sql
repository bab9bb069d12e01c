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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
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
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    ('all', multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0), (bitAnd(state, 8947848) != 0)))) AS part
  FROM cells
)
WHERE part.2 > 0
GROUP BY unit_id, module
ORDER BY unit_id, module;

-- overview.standing.now
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
  ),
  flags AS (
    SELECT employee_id, module, flag, bits, next_change_at, next_flag, turns_red_at
    FROM flags_current FINAL
    WHERE tenant_id = {tenant:String} AND audience = {audience:String}
      AND ({employee:String} = '' OR employee_id = {employee:String})
  ),
  moved AS (
    SELECT employee_id, sum(bitShiftLeft(toUInt32(15), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1))) AS moved_mask, sum(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND module IN {modules:Array(String)}
        AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
      GROUP BY employee_id, module
    )
    GROUP BY employee_id
  ),
  standing AS (
    SELECT employee_id, toUInt32(sum(bits)) AS state,
      groupArrayIf((next_ms, red_ms, place, flag_bits, next_bits),
        least(next_ms, red_ms) <= {at_ms:Int64} + 7776000000) AS dated
    FROM (
      SELECT employee_id, bits, toInt64(bits) AS flag_bits, 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1) AS place,
        ifNull(toUnixTimestamp64Milli(next_change_at), toInt64(9223372036854775807)) AS next_ms, ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) AS red_ms,
        bitShiftLeft(toInt64(toInt8(next_flag)), place) AS next_bits
      FROM flags
      WHERE module IN {modules:Array(String)}
    )
    GROUP BY employee_id
  ),
  persons AS (
    SELECT division_id, division_name, location_id, state,
      toUInt32(bitAnd(state, bitNot(toUInt32(moved_mask))) + moved_from) AS state_then,
      arraySort(arrayConcat(
        arrayMap(each -> (each.1, each.5 - each.4),
          arrayFilter(each -> each.1 < each.2 AND each.1 <= {at_ms:Int64} + {days:UInt16} * 86400000, dated)),
        arrayMap(each -> (each.2, bitShiftLeft(toInt64(4), each.3) - if(each.1 < each.2, each.5, each.4)),
          arrayFilter(each -> each.2 <= {at_ms:Int64} + {days:UInt16} * 86400000, dated)))) AS turns,
      arrayMap((at, turned) -> toUInt32(
          bitShiftLeft(greatest(1, intDiv(at - {at_ms:Int64} + 86399999, 86400000)), 24) + state + turned),
        turns.1, arrayCumSum(turns.2)) AS to_come,
      arrayMap(each -> toUInt32(
          bitShiftLeft(intDiv(greatest(each.2 - {at_ms:Int64}, 0), 604800000), 16) + bitShiftLeft(each.3, 8)
          + multiIf(each.2 <= {at_ms:Int64} + 30 * 86400000, 30, each.2 <= {at_ms:Int64} + 60 * 86400000, 60, 90)),
        arrayFilter(each -> each.2 <= {at_ms:Int64} + 90 * 86400000
          AND bitAnd(bitShiftRight(each.4, each.3), 7) BETWEEN 1 AND 3, dated)) AS due
    FROM standing INNER JOIN placed USING (employee_id) LEFT JOIN moved USING (employee_id)
  ),
  cells AS (
    SELECT division_id, state, any(division_name) AS name, toUInt32(count()) AS number,
      groupUniqArray(location_id) AS places,
      groupArrayIf(state_then, state_then != state) AS thens,
      groupArrayIf(to_come, notEmpty(to_come)) AS lives,
      groupArrayArray(due) AS dues
    FROM persons
    GROUP BY division_id, state
  )
SELECT division_id, any(name) AS division_name, groupUniqArrayArrayIf(places, state != 0) AS locations,
  groupArray(state) AS states, groupArray(number) AS people, groupArray(thens) AS states_then,
  groupArray(lives) AS states_to_come, groupArrayArray(dues) AS due
FROM cells
GROUP BY division_id;

-- overview.standing.as_of
WITH placed AS (
    SELECT employee_id, name, division_id, division_name, location_id, location_name, job_role_id, job_role_name
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})
      AND (empty({phases:Array(String)}) OR phase = '' OR phase IN {phases:Array(String)})
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
    SELECT employee_id, sum(bitShiftLeft(toUInt32(15), 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1))) AS moved_mask, sum(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND module IN {modules:Array(String)}
        AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC')
      GROUP BY employee_id, module
    )
    GROUP BY employee_id
  ),
  standing AS (
    SELECT employee_id, toUInt32(sum(bits)) AS state,
      groupArrayIf((next_ms, red_ms, place, flag_bits, next_bits),
        least(next_ms, red_ms) <= {at_ms:Int64} + 7776000000) AS dated
    FROM (
      SELECT employee_id, bits, toInt64(bits) AS flag_bits, 4 * (indexOf(['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], module) - 1) AS place,
        ifNull(toUnixTimestamp64Milli(next_change_at), toInt64(9223372036854775807)) AS next_ms, ifNull(toUnixTimestamp64Milli(turns_red_at), toInt64(9223372036854775807)) AS red_ms,
        bitShiftLeft(toInt64(toInt8(next_flag)), place) AS next_bits
      FROM flags
      WHERE module IN {modules:Array(String)}
    )
    GROUP BY employee_id
  ),
  persons AS (
    SELECT division_id, division_name, location_id, state,
      toUInt32(bitAnd(state, bitNot(toUInt32(moved_mask))) + moved_from) AS state_then,
      arraySort(arrayConcat(
        arrayMap(each -> (each.1, each.5 - each.4),
          arrayFilter(each -> each.1 < each.2 AND each.1 <= {at_ms:Int64} + {days:UInt16} * 86400000, dated)),
        arrayMap(each -> (each.2, bitShiftLeft(toInt64(4), each.3) - if(each.1 < each.2, each.5, each.4)),
          arrayFilter(each -> each.2 <= {at_ms:Int64} + {days:UInt16} * 86400000, dated)))) AS turns,
      arrayMap((at, turned) -> toUInt32(
          bitShiftLeft(greatest(1, intDiv(at - {at_ms:Int64} + 86399999, 86400000)), 24) + state + turned),
        turns.1, arrayCumSum(turns.2)) AS to_come,
      arrayMap(each -> toUInt32(
          bitShiftLeft(intDiv(greatest(each.2 - {at_ms:Int64}, 0), 604800000), 16) + bitShiftLeft(each.3, 8)
          + multiIf(each.2 <= {at_ms:Int64} + 30 * 86400000, 30, each.2 <= {at_ms:Int64} + 60 * 86400000, 60, 90)),
        arrayFilter(each -> each.2 <= {at_ms:Int64} + 90 * 86400000
          AND bitAnd(bitShiftRight(each.4, each.3), 7) BETWEEN 1 AND 3, dated)) AS due
    FROM standing INNER JOIN placed USING (employee_id) LEFT JOIN moved USING (employee_id)
  ),
  cells AS (
    SELECT division_id, state, any(division_name) AS name, toUInt32(count()) AS number,
      groupUniqArray(location_id) AS places,
      groupArrayIf(state_then, state_then != state) AS thens,
      groupArrayIf(to_come, notEmpty(to_come)) AS lives,
      groupArrayArray(due) AS dues
    FROM persons
    GROUP BY division_id, state
  )
SELECT division_id, any(name) AS division_name, groupUniqArrayArrayIf(places, state != 0) AS locations,
  groupArray(state) AS states, groupArray(number) AS people, groupArray(thens) AS states_then,
  groupArray(lives) AS states_to_come, groupArrayArray(dues) AS due
FROM cells
GROUP BY division_id;

-- overview.changes
WITH changes AS (
    SELECT id, employee_id, sequence, module, from_flag, from_hold, to_flag, to_hold, short, summary,
      lead_rule_id, decided_at
    FROM flag_changes FINAL
    WHERE 
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String}) AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= fromUnixTimestamp64Milli({at_ms:Int64}, 'UTC') AND module IN {modules:Array(String)}
      AND (from_flag != to_flag OR from_hold != to_hold)
  ),
  placed AS (
    SELECT employee_id, name, division_id, location_id, job_role_id
    FROM people FINAL
    WHERE 
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND 
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String}) AND employee_id IN (SELECT employee_id FROM changes)
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
SELECT day, 'all' AS module,
  sumIf(people, weight = 4) AS red,
  sumIf(people, weight = 3) AS stale,
  sumIf(people, weight = 2) AS yellow,
  sumIf(people, weight = 1) AS green,
  sumIf(people, hold AND weight > 0) AS on_hold
FROM (
  SELECT day, multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0) AS weight, (bitAnd(state, 8947848) != 0) AS hold, people FROM days
)
GROUP BY day
HAVING red + stale + yellow + green > 0
UNION ALL
SELECT day, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold
FROM (
  SELECT day, people, arrayJoin(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20])) AS part FROM days WHERE day = {module_day:Date}
)
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
SELECT day, 'all' AS module,
  sumIf(people, weight = 4) AS red,
  sumIf(people, weight = 3) AS stale,
  sumIf(people, weight = 2) AS yellow,
  sumIf(people, weight = 1) AS green,
  sumIf(people, hold AND weight > 0) AS on_hold
FROM (
  SELECT day, multiIf(bitAnd(state, 4473924) != 0, 4, bitAnd(bitAnd(state, bitShiftRight(state, 1)), 1118481) != 0, 3,
    bitAnd(state, 2236962) != 0, 2, bitAnd(state, 1118481) != 0, 1, 0) AS weight, (bitAnd(state, 8947848) != 0) AS hold, people FROM days
)
GROUP BY day
HAVING red + stale + yellow + green > 0
UNION ALL
SELECT day, part.1 AS module,
  sumIf(people, part.2 = 4) AS red,
  sumIf(people, part.2 = 3) AS stale,
  sumIf(people, part.2 = 2) AS yellow,
  sumIf(people, part.2 = 1) AS green,
  sumIf(people, part.3 AND part.2 > 0) AS on_hold
FROM (
  SELECT day, people, arrayJoin(arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(state, place), 7), bitTest(state, place + 3)), ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'], [0, 4, 8, 12, 16, 20])) AS part FROM days WHERE day = {module_day:Date}
)
GROUP BY day, module
HAVING red + stale + yellow + green > 0
ORDER BY day, module;

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
