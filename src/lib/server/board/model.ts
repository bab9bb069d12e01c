import { LRUCache } from 'lru-cache';
import type { BoardPage, BoardQuery } from '#contracts/screens/board';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { scopeKey, type Pseudonyms } from '../visibility.ts';
import { arrange, type Arranged } from './arrange.ts';
import type { BoardPerson, Places } from './person.ts';
import { createSighting, sightPerson, toRow, type Sighting } from './sighting.ts';

/** Everybody of a tenant with their flags, at one moment. */
export interface BoardSnapshot {
  /** The last flag change that is in it. */
  readonly sequence: number;
  readonly rosterVersion: string;
  readonly people: readonly BoardPerson[];
  readonly places: Places;
}

/** What the board reads of people and flags. */
export interface BoardReader {
  load(tenantId: string): Promise<BoardSnapshot>;
  /** As it was known at the end of a past instant; needs no upkeep. */
  loadAsOf(tenantId: string, instant: string): Promise<BoardSnapshot>;
  /** The same snapshot when nothing changed, else a newer one that reads only what changed. */
  refresh(tenantId: string, before: BoardSnapshot): Promise<BoardSnapshot>;
}

export interface BoardDeps {
  readonly reader: BoardReader;
  readonly pseudonyms: Pseudonyms;
  readonly ruleTitle: (ruleId: string) => string;
  readonly clock: Clock;
  /**
   * A snapshot younger than this is not read again: thousands of viewers then share one. Their pages stay true, because
   * the live feed goes on from the snapshot's own sequence.
   */
  readonly freshMs: number;
  /** Most people held in memory, over all tenants. */
  readonly maxPeople: number;
}

/**
 * The board of each tenant in memory. A page is a slice of an arranged list, which is kept as long as nothing in it
 * changes, so that scrolling through 50,000 people costs one sort.
 */
export function createBoard(deps: BoardDeps) {
  const snapshotOf = createSnapshots(deps);
  const lists = new LRUCache<string, Arranged>({ max: 64 });

  function listOf(snapshot: BoardSnapshot, sighting: Sighting, query: BoardQuery): Arranged {
    const { sequence, rosterVersion } = snapshot;
    const key = JSON.stringify([scopeKey(sighting.scope), sequence, rosterVersion, query]);
    const found = lists.get(key);
    if (found !== undefined) return found;
    const made = arrange(snapshot.people, snapshot.places, sighting, query);
    lists.set(key, made);
    return made;
  }

  return {
    /** @param asOf the instant at the end of `query.asOf`; null = now. */
    async page(
      scope: Scope,
      input: { query: BoardQuery; offset: number; limit: number },
      asOf: string | null,
    ): Promise<BoardPage> {
      const snapshot = await snapshotOf(scope.tenantId, asOf);
      const sighting = createSighting(scope, deps.pseudonyms, deps.ruleTitle);
      const list = listOf(snapshot, sighting, input.query);
      const people = list.people.slice(input.offset, input.offset + input.limit);
      return {
        sequence: snapshot.sequence,
        people: list.people.length,
        tally: list.tally,
        groups: [...list.groups],
        offset: input.offset,
        rows: people.map((person) => toRow(sighting, person)),
      };
    },
    /** The people themselves, in order, for lists that show more of them than the board does. */
    async list(scope: Scope, query: BoardQuery) {
      const snapshot = await snapshotOf(scope.tenantId, null);
      const sighting = createSighting(scope, deps.pseudonyms, deps.ruleTitle);
      return { sighting, ...listOf(snapshot, sighting, query) };
    },
    /** The divisions, locations and job roles that occur among the people whom the viewer sees. */
    async places(scope: Scope): Promise<Places> {
      const snapshot = await snapshotOf(scope.tenantId, null);
      const sighting = createSighting(scope, deps.pseudonyms, deps.ruleTitle);
      return occurring(snapshot, sighting);
    },
  };
}

export type Board = ReturnType<typeof createBoard>;

/** Reads each tenant's snapshot when asked, and only what changed since the last time. */
function createSnapshots(deps: BoardDeps) {
  const kept = new LRUCache<string, BoardSnapshot>({
    maxSize: deps.maxPeople,
    sizeCalculation: (snapshot) => snapshot.people.length + 1,
  });
  const reading = new Map<string, Promise<BoardSnapshot>>();
  const readAtMs = new LRUCache<string, number>({ max: 10_000 });

  function readAt(tenantId: string, asOf: string | null, before: BoardSnapshot | undefined) {
    if (asOf !== null) return before ?? deps.reader.loadAsOf(tenantId, asOf);
    if (before !== undefined && deps.clock.nowMs() - (readAtMs.get(tenantId) ?? 0) < deps.freshMs)
      return before;
    return before === undefined ? deps.reader.load(tenantId) : deps.reader.refresh(tenantId, before);
  }

  async function read(key: string, tenantId: string, asOf: string | null): Promise<BoardSnapshot> {
    const before = kept.get(key);
    const startedMs = deps.clock.nowMs();
    const snapshot = await readAt(tenantId, asOf, before);
    if (snapshot !== before) kept.set(key, snapshot);
    if (asOf === null && startedMs - (readAtMs.get(tenantId) ?? 0) >= deps.freshMs)
      readAtMs.set(tenantId, startedMs);
    return snapshot;
  }

  /** Those who ask at the same time share one reading. */
  return function snapshotOf(tenantId: string, asOf: string | null): Promise<BoardSnapshot> {
    const key = `${tenantId} ${asOf ?? ''}`;
    const running = reading.get(key);
    if (running !== undefined) return running;
    const started = read(key, tenantId, asOf).finally(() => reading.delete(key));
    reading.set(key, started);
    return started;
  };
}

function occurring(snapshot: BoardSnapshot, sighting: Sighting): Places {
  const seen = new Set<string>();
  for (const stored of snapshot.people) {
    const person = sightPerson(sighting, stored);
    for (const id of person === null ? [] : [person.divisionId, person.locationId, person.jobRoleId]) {
      if (id !== null) seen.add(id);
    }
  }
  const { divisions, locations, jobRoles } = snapshot.places;
  return {
    divisions: divisions.filter((place) => seen.has(place.id)),
    locations: locations.filter((place) => seen.has(place.id)),
    jobRoles: jobRoles.filter((place) => seen.has(place.id)),
  };
}
