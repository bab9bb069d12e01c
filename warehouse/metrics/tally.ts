import { modules, type Module } from '#contracts/modules';
import { isAnyOnHold, isOnHold, moduleAt, weightOf, worstOf } from '../state.ts';
import { totalOf, type StatusCounts } from './counts.ts';
import { unpackDue, unpackToCome, type StandingRow } from './standing.ts';

type Counts = { -readonly [name in keyof StatusCounts]: StatusCounts[name] };

const zero = (): Counts => ({ red: 0, stale: 0, yellow: 0, green: 0, onHold: 0 });
/** By weight of a colour. */
const names = [null, 'green', 'yellow', 'stale', 'red'] as const;

/** Counts people of this weight; those to whom nothing applies count nowhere, on hold or not. */
function count(counts: Counts, weight: number, hold: boolean, people: number): void {
  const name = names[weight] ?? null;
  if (name === null) return;
  counts[name] += people;
  if (hold) counts.onHold += people;
}

/** The people of a division, or those without one. */
export interface DivisionTally {
  readonly id: string;
  readonly name: string;
  /** By worst status. */
  readonly all: StatusCounts;
  /** Flags of each module; only modules that apply to somebody. */
  readonly modules: Partial<Record<Module, StatusCounts>>;
  readonly locations: readonly string[];
}

/** Divisions in which something applies to somebody. */
export function tallyDivisions(rows: readonly StandingRow[]): DivisionTally[] {
  return rows
    .map((row) => {
      const all = zero();
      const flags: Partial<Record<Module, Counts>> = {};
      for (const { state, people } of statesOf(row)) {
        count(all, worstOf(state), isAnyOnHold(state), people);
        for (const module of modules) {
          const weight = weightOf(state, module);
          if (weight > 0) count((flags[module] ??= zero()), weight, isOnHold(state, module), people);
        }
      }
      return { id: row.division_id, name: row.division_name, all, modules: flags, locations: row.locations };
    })
    .filter(({ all }) => totalOf(all) > 0);
}

interface StateOf {
  readonly state: number;
  readonly people: number;
  readonly before: readonly number[];
  readonly toCome: readonly (readonly number[])[];
}

function statesOf(row: StandingRow): StateOf[] {
  return row.states.map((state, at) => ({
    state,
    people: row.people[at] ?? 0,
    before: row.states_then[at] ?? [],
    toCome: row.states_to_come[at] ?? [],
  }));
}

/** By how much the numbers of people by worst status differ from those of then. */
export function tallyMoved(rows: readonly StandingRow[]): StatusCounts {
  const counts = zero();
  for (const { state, before } of rows.flatMap(statesOf)) {
    count(counts, worstOf(state), isAnyOnHold(state), before.length);
    for (const was of before) count(counts, worstOf(was), isAnyOnHold(was), -1);
  }
  return counts;
}

/** By how much those numbers change on each coming day, by days from now. Holds are not foretold. */
export function tallyComing(rows: readonly StandingRow[]): Map<number, StatusCounts> {
  const found = new Map<number, Counts>();
  for (const { state, toCome } of rows.flatMap(statesOf)) {
    for (const life of toCome) {
      let before = worstOf(state);
      for (const { ahead, state: next } of life.map(unpackToCome)) {
        const after = worstOf(next);
        const day = found.get(ahead) ?? zero();
        found.set(ahead, day);
        count(day, after, false, 1);
        count(day, before, false, -1);
        before = after;
      }
    }
  }
  return found;
}

export interface DueTally {
  /** By week from now. */
  readonly weeks: ReadonlyMap<number, Partial<Record<Module, number>>>;
  readonly in30Days: number;
  readonly in60Days: number;
  readonly in90Days: number;
}

/** Flags that turn red by date if nothing is done. */
export function tallyDue(rows: readonly StandingRow[]): DueTally {
  const weeks = new Map<number, Partial<Record<Module, number>>>();
  const within = new Map<number, number>();
  for (const { due } of rows) {
    for (const packed of due) {
      const { week, place, withinDays } = unpackDue(packed);
      const module = moduleAt(place);
      if (module === undefined) continue;
      let flags = weeks.get(week);
      if (flags === undefined) weeks.set(week, (flags = {}));
      flags[module] = (flags[module] ?? 0) + 1;
      within.set(withinDays, (within.get(withinDays) ?? 0) + 1);
    }
  }
  const [in30 = 0, in60 = 0, in90 = 0] = [30, 60, 90].map((days) => within.get(days));
  return { weeks, in30Days: in30, in60Days: in30 + in60, in90Days: in30 + in60 + in90 };
}
