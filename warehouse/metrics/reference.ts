import type { FlagColour } from '#contracts/flags';
import { gravity } from '#contracts/flags';
import type { FlagChanged } from '#contracts/live';
import { modules, type Module } from '#contracts/modules';
import { can, covers, type Scope } from '#domain/identity';
import type { PersonRow } from '../loading/rows.ts';
import type { Audience, Filters } from './scope.ts';

/**
 * The metrics once more, the slow and plain way: walk over the changes, ask for each person. Tests compare the SQL
 * with it, so it shares nothing with the SQL but the meaning.
 */
const dayMs = 86_400_000;

export interface World {
  readonly people: readonly PersonRow[];
  readonly changes: readonly FlagChanged[];
  /** Changes of one flag, newest first. */
  historyOf(employeeId: string, module: Module): readonly FlagChanged[];
}

export interface Look {
  readonly scope: Scope;
  readonly audience: Audience;
  readonly filters: Filters;
  readonly atMs: number;
}

interface Standing {
  readonly flag: FlagColour;
  readonly hold: boolean;
  readonly change: FlagChanged;
}

const tally = () => ({ red: 0, stale: 0, yellow: 0, green: 0, onHold: 0 });
type Tally = ReturnType<typeof tally>;

export const totalIn = (counts: Tally): number => counts.red + counts.stale + counts.yellow + counts.green;
const rateIn = (counts: Tally) => (totalIn(counts) === 0 ? null : counts.green / totalIn(counts));

function askedModules({ scope, filters }: Look): Module[] {
  return modules.filter(
    (module) => can(scope, 'see', module) && (filters.module === undefined || filters.module === module),
  );
}

function peopleIn(world: World, { scope, filters }: Look): PersonRow[] {
  return world.people.filter((person) => {
    const place = {
      tenantId: person.tenantId,
      employeeId: person.employeeId,
      divisionId: person.division?.id ?? null,
      locationId: person.location?.id ?? null,
    };
    return (
      covers(scope, place) &&
      (filters.divisionId === undefined || place.divisionId === filters.divisionId) &&
      (filters.locationId === undefined || place.locationId === filters.locationId) &&
      (filters.jobRoleId === undefined || person.jobRole?.id === filters.jobRoleId)
    );
  });
}

/** The newest change of one flag at an instant, as the audience knows it. */
function standingAt(
  world: World,
  look: Look,
  person: PersonRow,
  module: Module,
  atMs: number,
): Standing | null {
  const known = world
    .historyOf(person.employeeId, module)
    .find(
      (change) =>
        (change.audience === 'all' || change.audience === look.audience) &&
        Date.parse(change.decidedAt) <= atMs,
    );
  return known === undefined ? null : { ...known.to, change: known };
}

function worstOf(flags: readonly FlagColour[]): FlagColour {
  return flags.toSorted((a, b) => gravity[a] - gravity[b])[0] ?? 'none';
}

function add(counts: Tally, flag: FlagColour, hold: boolean): void {
  if (flag === 'none') return;
  counts[flag] += 1;
  if (hold) counts.onHold += 1;
}

/** People by worst status at an instant, all or those for whom `keep` holds. */
export function peopleAt(
  world: World,
  look: Look,
  atMs: number,
  keep: (person: PersonRow) => boolean = () => true,
): Tally {
  const counts = tally();
  for (const person of peopleIn(world, look).filter(keep)) {
    const standings = askedModules(look)
      .map((module) => standingAt(world, look, person, module, atMs))
      .filter((standing) => standing !== null && standing.flag !== 'none');
    const flags = standings.map((standing) => standing?.flag ?? 'none');
    add(
      counts,
      worstOf(flags),
      standings.some((standing) => standing?.hold === true),
    );
  }
  return counts;
}

function flagsAt(
  world: World,
  look: Look,
  module: Module,
  atMs: number,
  keep: (person: PersonRow) => boolean = () => true,
): Tally {
  const counts = tally();
  for (const person of peopleIn(world, look).filter(keep)) {
    const standing = standingAt(world, look, person, module, atMs);
    if (standing !== null) add(counts, standing.flag, standing.hold);
  }
  return counts;
}

export function expectedHeatMap(world: World, look: Look) {
  const divisions = new Set(peopleIn(world, look).map((person) => person.division?.id ?? null));
  return [...divisions]
    .map((divisionId) => {
      const inside = (person: PersonRow) => (person.division?.id ?? null) === divisionId;
      const cells = askedModules(look)
        .map((module) => [module, flagsAt(world, look, module, look.atMs, inside)] as const)
        .filter(([, counts]) => totalIn(counts) > 0);
      return {
        divisionId,
        counts: peopleAt(world, look, look.atMs, inside),
        modules: Object.fromEntries(
          cells.map(([module, counts]) => [module, { counts, rate: rateIn(counts) }]),
        ),
      };
    })
    .filter((row) => totalIn(row.counts) > 0)
    .toSorted((a, b) => String(a.divisionId).localeCompare(String(b.divisionId)));
}

export function expectedTiles(world: World, look: Look) {
  const before = endOfDay(look.atMs - 30 * dayMs);
  return askedModules(look).map((module) => ({
    module,
    counts: flagsAt(world, look, module, look.atMs),
    rate30DaysAgo: rateIn(flagsAt(world, look, module, before)),
  }));
}

const endOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs + dayMs - 1;

export function expectedTrend(world: World, look: Look) {
  return Array.from({ length: 90 }, (_, index) => look.atMs - (90 - index) * dayMs)
    .map((ms) => ({
      day: new Date(ms).toISOString().slice(0, 10),
      counts: peopleAt(world, look, endOfDay(ms)),
    }))
    .filter(({ counts }) => totalIn(counts) > 0);
}

export function expectedForecast(world: World, look: Look) {
  return Array.from({ length: 30 }, (_, index) => {
    const untilMs = look.atMs + (index + 1) * dayMs;
    const counts = tally();
    for (const person of peopleIn(world, look)) {
      const coming = askedModules(look).map((module) => {
        const standing = standingAt(world, look, person, module, look.atMs);
        return standing === null ? 'none' : flagBy(standing, untilMs);
      });
      add(counts, worstOf(coming), false);
    }
    return { day: new Date(untilMs).toISOString().slice(0, 10), green: counts.green, total: totalIn(counts) };
  });
}

function redAt({ flag, change }: Standing): string | null {
  if (flag === 'red') return null;
  if (change.turnsRedAt !== undefined) return change.turnsRedAt;
  return change.nextFlag === 'red' ? change.nextChangeAt : null;
}

function flagBy(standing: Standing, untilMs: number): FlagColour {
  const { change } = standing;
  const passed = (at: string | null) => at !== null && Date.parse(at) <= untilMs;
  if (passed(redAt(standing))) return 'red';
  return change.nextFlag !== null && passed(change.nextChangeAt) ? change.nextFlag : standing.flag;
}

export function expectedFallsDue(world: World, look: Look) {
  const weeks = Array.from({ length: 13 }, () => 0);
  const within = { in30Days: 0, in60Days: 0, in90Days: 0 };
  for (const person of peopleIn(world, look)) {
    for (const module of askedModules(look)) {
      const standing = standingAt(world, look, person, module, look.atMs);
      const at = standing === null || standing.flag === 'none' ? null : redAt(standing);
      if (at === null) continue;
      const inMs = Math.max(0, Date.parse(at) - look.atMs);
      if (inMs > 90 * dayMs) continue;
      const week = Math.floor(inMs / (7 * dayMs));
      weeks[week] = (weeks[week] ?? 0) + 1;
      within.in90Days += 1;
      if (inMs <= 60 * dayMs) within.in60Days += 1;
      if (inMs <= 30 * dayMs) within.in30Days += 1;
    }
  }
  return { weeks, ...within };
}

export function expectedLastHour(world: World, look: Look) {
  const inScope = new Set<string>(peopleIn(world, look).map((person) => person.employeeId));
  const asked = askedModules(look);
  const changes = world.changes
    .filter((change) => {
      const ageMs = look.atMs - Date.parse(change.decidedAt);
      return (
        inScope.has(change.employeeId) &&
        asked.includes(change.module) &&
        (change.audience === 'all' || change.audience === look.audience) &&
        ageMs >= 0 &&
        ageMs < 3_600_000 &&
        (change.from.flag !== change.to.flag || change.from.hold !== change.to.hold)
      );
    })
    .toSorted((a, b) => b.decidedAt.localeCompare(a.decidedAt) || b.sequence - a.sequence);
  const worse = changes.filter(({ from, to }) => {
    const before = from.flag === 'none' ? 'green' : from.flag;
    return gravity[to.flag] < gravity[before] || (to.hold && !from.hold);
  });
  return { ids: changes.slice(0, 20).map((change) => change.id), total: changes.length, worse: worse.length };
}
