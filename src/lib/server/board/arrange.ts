import { gravity, type FlagColour } from '#contracts/flags';
import { modules } from '#contracts/modules';
import type { BoardGroup, BoardQuery, Tally } from '#contracts/screens/board';
import type { BoardPerson, Place, Places } from './person.ts';
import { changedOf, colourAt, nextOf, sightPerson, worstOf, type Sighting } from './sighting.ts';

/** A whole board in order, of which pages are cut. */
export interface Arranged {
  readonly people: readonly BoardPerson[];
  readonly groups: readonly BoardGroup[];
  readonly tally: Tally;
}

interface Entry {
  readonly person: BoardPerson;
  readonly flag: FlagColour;
  readonly hold: boolean;
  readonly key: string;
}

/** Filters, sorts and groups everybody whom the viewer sees. Pure; about a millisecond per thousand people. */
export function arrange(
  everybody: readonly BoardPerson[],
  places: Places,
  sighting: Sighting,
  query: BoardQuery,
): Arranged {
  const entries: Entry[] = [];
  const keep = filterOf(query);
  const keyOf = sortKeys[query.sort];
  for (const stored of everybody) {
    const person = sightPerson(sighting, stored);
    if (person === null || !keep.person(person)) continue;
    const colour = colourFor(query, sighting, person);
    if (colour === null || !keep.colour(colour)) continue;
    entries.push({ person, ...colour, key: keyOf(person, colour, sighting) });
  }
  entries.sort(byKey);
  const grouped = groupEntries(entries, query, places);
  return {
    people: grouped.flatMap((group) => group.entries.map((entry) => entry.person)),
    groups: grouped.map(({ id, name, entries: own }) => ({
      id,
      name,
      people: own.length,
      tally: tallyOf(own),
    })),
    tally: tallyOf(entries),
  };
}

/** The colour that status filters, order and tallies mean: the chosen module's, else the gravest. Null = not on this board. */
function colourFor(query: BoardQuery, sighting: Sighting, person: BoardPerson) {
  if (query.module === null) return worstOf(sighting, person);
  const colour = colourAt(sighting, person, modules.indexOf(query.module));
  return colour === null || colour.flag === 'none' ? null : colour;
}

const within = (chosen: ReadonlySet<string>, id: string | null): boolean =>
  chosen.size === 0 || (id !== null && chosen.has(id));

function filterOf(query: BoardQuery) {
  const phases = new Set<string>(query.phases);
  const divisions = new Set<string>(query.divisionIds);
  const locations = new Set<string>(query.locationIds);
  const jobRoles = new Set<string>(query.jobRoleIds);
  const flags = new Set<string>(query.flags);
  const text = query.text.trim().toLowerCase();
  return {
    person: (person: BoardPerson): boolean =>
      within(phases, person.phase) &&
      within(divisions, person.divisionId) &&
      within(locations, person.locationId) &&
      within(jobRoles, person.jobRoleId) &&
      (text === '' || person.name.toLowerCase().includes(text) || person.number.toLowerCase() === text),
    colour: ({ flag, hold }: { flag: FlagColour; hold: boolean }): boolean =>
      within(flags, flag) && (!query.hold || hold),
  };
}

/** Last in every ascending order of instants. */
const never = '9999';

type SortKey = (
  person: BoardPerson,
  colour: { flag: FlagColour; hold: boolean },
  sighting: Sighting,
) => string;

const nextKey = (person: BoardPerson, sighting: Sighting): string => nextOf(sighting, person)?.at ?? never;

/** Text whose ascending order is the order of rows. */
const sortKeys: Record<BoardQuery['sort'], SortKey> = {
  name: (person) => person.nameKey,
  next: (person, _, sighting) => `${nextKey(person, sighting)} ${person.nameKey}`,
  changed: (person, _, sighting) => `${invert(changedOf(sighting, person) ?? '0')} ${person.nameKey}`,
  gravity: (person, { flag, hold }, sighting) =>
    `${gravity[flag] * 2 + (hold ? 0 : 1)} ${nextKey(person, sighting)} ${person.nameKey}`,
};

/** Turns an ISO instant round, so that the newest comes first in ascending order. */
function invert(instant: string): string {
  return instant.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));
}

function byKey(one: Entry, other: Entry): number {
  if (one.key === other.key) return one.person.employeeId < other.person.employeeId ? -1 : 1;
  return one.key < other.key ? -1 : 1;
}

function byTrouble(one: EntryGroup, other: EntryGroup): number {
  const [a, b] = [tallyOf(one.entries), tallyOf(other.entries)];
  return b.red - a.red || b.stale - a.stale || b.yellow - a.yellow;
}

interface EntryGroup extends Place {
  readonly entries: readonly Entry[];
}

function groupEntries(entries: readonly Entry[], query: BoardQuery, places: Places): EntryGroup[] {
  if (query.group === 'none') return [{ id: '', name: '', entries }];
  const { idOf, known, missing } = groupings[query.group];
  const byId = Map.groupBy(entries, ({ person }) => idOf(person) ?? '');
  const listed = [...known(places), { id: '', name: missing }];
  const groups = listed
    .map((place) => ({ ...place, entries: byId.get(place.id) ?? [] }))
    .filter((group) => group.entries.length > 0);
  // By gravity, the group with the most trouble leads; otherwise groups stand by name.
  return query.sort === 'gravity' ? groups.toSorted(byTrouble) : groups;
}

const groupings = {
  division: {
    idOf: (person: BoardPerson): string | null => person.divisionId,
    known: (places: Places) => places.divisions,
    missing: 'No division',
  },
  location: {
    idOf: (person: BoardPerson): string | null => person.locationId,
    known: (places: Places) => places.locations,
    missing: 'No location',
  },
  jobRole: {
    idOf: (person: BoardPerson): string | null => person.jobRoleId,
    known: (places: Places) => places.jobRoles,
    missing: 'No job role',
  },
} as const;

function tallyOf(entries: readonly Entry[]): Tally {
  const tally: Tally = { red: 0, stale: 0, yellow: 0, green: 0, hold: 0 };
  for (const { flag, hold } of entries) {
    if (flag !== 'none') tally[flag] += 1;
    if (hold) tally.hold += 1;
  }
  return tally;
}
