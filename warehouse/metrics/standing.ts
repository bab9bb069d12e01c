import * as z from 'zod';
import { placeSql } from '../state.ts';
import type { NamedQuery } from './query.ts';
import { changeForAudience } from './scope.ts';
import { atParams, atSql, flagsSql, placedSql, sources, type Source } from './sources.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** How far ahead it is told which flags turn red by date. */
export const dueDays = 90;
/** Later than any instant of a flag: stands for "never". */
const never = 'toInt64(9223372036854775807)';
const millis = (column: string) => `ifNull(toUnixTimestamp64Milli(${column}), ${never})`;

const params = atParams.extend({ since_ms: z.int(), days: z.int().min(1).max(dueDays) });

/**
 * People of one division. `states`, `people`, `states_then` and `states_to_come` go together: one entry per state
 * (`state.ts`, over the modules asked for). What there is much of is packed into plain numbers, because reading it
 * takes the time of the process that serves everybody.
 */
const row = z.object({
  division_id: z.string(),
  division_name: z.string(),
  /** Locations of people to whom any module applies. */
  locations: z.array(z.string()),
  states: z.array(z.number()),
  /** How many are in the state. */
  people: z.array(z.number()),
  /** The state at `since_ms` of each of them whose state was another then. */
  states_then: z.array(z.array(z.number())),
  /** The states still to come of each of them who will change by date within `days`: see `unpackToCome`. */
  states_to_come: z.array(z.array(z.array(z.number()))),
  /** Flags of the division that turn red by date: see `unpackDue`. */
  due: z.array(z.number()),
});
export type StandingRow = z.infer<typeof row>;

/** Unpacks a state to come: from so many days from now on. */
export function unpackToCome(packed: number): { readonly ahead: number; readonly state: number } {
  return { ahead: packed >>> 24, state: packed & 0xffffff };
}

/** Unpacks a flag that turns red: in this week from now, the module's place in a state, within 30, 60 or 90 days. */
export function unpackDue(packed: number): {
  readonly week: number;
  readonly place: number;
  readonly withinDays: number;
} {
  return { week: packed >>> 16, place: (packed >>> 8) & 0xff, withinDays: packed & 0xff };
}

/** What each flag was at `since_ms`, where it changed since: kept in its first change, put together per person. */
const movedSql = `moved AS (
    SELECT employee_id, sum(bitShiftLeft(toUInt32(15), ${placeSql('module')})) AS moved_mask, sum(was) AS moved_from
    FROM (
      SELECT employee_id, module, argMin(from_bits, sequence) AS was
      FROM flag_changes FINAL
      WHERE ${changeForAudience} AND module IN {modules:Array(String)}
        AND decided_at > fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND decided_at <= ${atSql}
      GROUP BY employee_id, module
    )
    GROUP BY employee_id
  )`;

/**
 * A person's flags as one state, and those that change by date as (next_ms, red_ms, place, bits, next_bits): a flag is
 * red from `red_ms` on, else what `next_flag` says from `next_ms` on, else what it is.
 */
const standingSql = `standing AS (
    SELECT employee_id, toUInt32(sum(bits)) AS state,
      groupArrayIf((next_ms, red_ms, place, flag_bits, next_bits),
        least(next_ms, red_ms) <= {at_ms:Int64} + ${dueDays * dayMs}) AS dated
    FROM (
      SELECT employee_id, bits, toInt64(bits) AS flag_bits, ${placeSql('module')} AS place,
        ${millis('next_change_at')} AS next_ms, ${millis('turns_red_at')} AS red_ms,
        bitShiftLeft(toInt64(toInt8(next_flag)), place) AS next_bits
      FROM flags
      WHERE module IN {modules:Array(String)}
    )
    GROUP BY employee_id
  )`;

const until = (days: string | number): string => `{at_ms:Int64} + ${days} * ${dayMs}`;

/** A person's state after each change of the coming days. */
const toComeSql = `
      arraySort(arrayConcat(
        arrayMap(each -> (each.1, each.5 - each.4),
          arrayFilter(each -> each.1 < each.2 AND each.1 <= ${until('{days:UInt16}')}, dated)),
        arrayMap(each -> (each.2, bitShiftLeft(toInt64(4), each.3) - if(each.1 < each.2, each.5, each.4)),
          arrayFilter(each -> each.2 <= ${until('{days:UInt16}')}, dated)))) AS turns,
      arrayMap((at, turned) -> toUInt32(
          bitShiftLeft(greatest(1, intDiv(at - {at_ms:Int64} + ${dayMs - 1}, ${dayMs})), 24) + state + turned),
        turns.1, arrayCumSum(turns.2)) AS to_come`;

/** What is overdue this minute is in week 0. */
const dueSql = `
      arrayMap(each -> toUInt32(
          bitShiftLeft(intDiv(greatest(each.2 - {at_ms:Int64}, 0), ${weekMs}), 16) + bitShiftLeft(each.3, 8)
          + multiIf(each.2 <= ${until(30)}, 30, each.2 <= ${until(60)}, 60, 90)),
        arrayFilter(each -> each.2 <= ${until(dueDays)}
          AND bitAnd(bitShiftRight(each.4, each.3), 7) BETWEEN 1 AND 3, dated)) AS due`;

function standing(source: Source): NamedQuery<typeof params, typeof row> {
  return {
    name: `overview.standing.${source}`,
    params,
    row,
    sql: `WITH ${placedSql},
  ${flagsSql(source)},
  ${movedSql},
  ${standingSql},
  persons AS (
    SELECT division_id, division_name, location_id, state,
      toUInt32(bitAnd(state, bitNot(toUInt32(moved_mask))) + moved_from) AS state_then,${toComeSql},${dueSql}
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
GROUP BY division_id`,
  };
}

/** All that the overview tells of people as they stand: each flag and each person is read once for the four tables. */
export const standingQueries = Object.fromEntries(
  sources.map((source) => [source, standing(source)]),
) as Record<Source, ReturnType<typeof standing>>;
