import type { ComplianceEvent } from '#contracts/compliance-event';
import { peopleEvents, type EmployeeProfile, type PeopleEventType } from '#contracts/events/people';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ActContext, Audit, AuditDraft } from '#domain/audit';
import type { Clock } from '#platform/clock';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { openCalendar } from './calendar.ts';
import { openDirectory, type DirectoryWords } from './directory.ts';
import {
  keepEvents,
  loadEvents,
  loadFoldPlaces,
  saveFoldPlaces,
  saveOutcomes,
  type FoldPlace,
  type OwnedEvent,
} from './events-store.postgres.ts';
import { applyPeopleEvents, comparePeopleEvents, type Directory, type PeopleEvent } from './fold.ts';
import { loadEmployees, updateEmployees, type StoredEmployee } from './store.postgres.ts';
import { changesOf, stateOf } from './changes.ts';

/** An event, or a part of one, that a person must look at. Its rest was applied. */
export interface PeopleReview {
  readonly eventId: string;
  readonly employeeId: EmployeeId;
  readonly reason: string;
}

export interface AppliedPeopleEvents {
  /** Whose state is different now: their flags are to be decided again. */
  readonly changed: readonly EmployeeId[];
  readonly reviews: readonly PeopleReview[];
  /** Events of before that needed a person and that folding again has taken. */
  readonly taken: readonly string[];
}

interface Deps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly keys: Keys;
}

/**
 * Applies `people` events in the caller's transaction: keeps each once, folds it in order (an event older than the
 * last makes the person fold again), stores, audits. Events of other modules are left out.
 */
export async function applyEvents(
  deps: Deps,
  tx: Tx,
  tenantId: TenantId,
  events: readonly ComplianceEvent[],
  context: ActContext,
): Promise<AppliedPeopleEvents> {
  const { readable, reviews } = readEvents(events);
  if (readable.length === 0) return { changed: [], reviews, taken: [] };
  const ids = [...new Set(readable.map((owned) => owned.employeeId))].toSorted();
  const employees = await loadEmployees(deps.keys, tx, ids, true);
  const known = new Set(employees.map((employee) => employee.id));
  const owned = readable.filter((each) => known.has(each.employeeId));
  for (const { employeeId, event } of readable) {
    if (!known.has(employeeId)) {
      reviews.push({ eventId: event.id, employeeId, reason: 'the employee does not exist' });
    }
  }
  const fresh = await keepEvents(deps.keys, tx, tenantId, owned);
  const folded = await foldAll(
    deps,
    tx,
    employees,
    owned.filter((each) => fresh.has(each.event.id)),
  );
  reviews.push(...folded.reviews);
  const changed = await store(deps, tx, tenantId, employees, folded, context);
  return { changed, reviews, taken: folded.taken };
}

function readEvents(events: readonly ComplianceEvent[]): { readable: OwnedEvent[]; reviews: PeopleReview[] } {
  const readable: OwnedEvent[] = [];
  const reviews: PeopleReview[] = [];
  for (const event of events) {
    if (event.module !== 'people') continue;
    const { employeeId } = event;
    const read = readEvent(event);
    if (typeof read === 'string') reviews.push({ eventId: event.id, employeeId, reason: read });
    else readable.push({ employeeId, event: read });
  }
  return { readable, reviews };
}

function readEvent(event: ComplianceEvent): PeopleEvent | string {
  if (!Object.hasOwn(peopleEvents, event.type)) return `unknown event type ${event.type}`;
  const type = event.type as PeopleEventType;
  const payload = peopleEvents[type].safeParse(event.payload);
  if (!payload.success) {
    const issue = payload.error.issues[0];
    return `payload ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
  }
  const { id, occurredAt, version } = event;
  return { id, occurredAt, version, type, payload: payload.data } as PeopleEvent;
}

interface Folded {
  readonly states: ReadonlyMap<EmployeeId, StoredEmployee>;
  readonly places: readonly FoldPlace[];
  readonly outcomes: ReadonlyMap<string, string>;
  readonly reviews: readonly PeopleReview[];
  readonly taken: readonly string[];
}

async function foldAll(
  { keys }: Deps,
  tx: Tx,
  employees: readonly StoredEmployee[],
  fresh: readonly OwnedEvent[],
): Promise<Folded> {
  const touched = employees.filter((employee) => fresh.some((each) => each.employeeId === employee.id));
  const places = await loadFoldPlaces(
    keys,
    tx,
    touched.map((employee) => employee.id),
  );
  const byEmployee = Map.groupBy(fresh, (each) => each.employeeId);
  const late = touched.filter((employee) =>
    isLate(places.get(employee.id), byEmployee.get(employee.id) ?? []),
  );
  const kept = await loadEvents(
    keys,
    tx,
    late.map((employee) => employee.id),
  );
  const directory = await openDirectory(
    tx,
    wordsOf([...fresh.map((each) => each.event), ...[...kept.values()].flat()]),
  );
  const folded = touched.map((employee) => {
    const place = places.get(employee.id);
    const events = (byEmployee.get(employee.id) ?? []).map((each) => each.event);
    return foldOne(employee, place, events, kept.get(employee.id), directory);
  });
  return {
    states: new Map(folded.map((one) => [one.state.id, one.state])),
    places: folded.map((one) => one.place),
    outcomes: new Map(folded.flatMap((one) => [...one.outcomes])),
    reviews: folded.flatMap((one) => one.reviews),
    taken: folded.flatMap((one) => one.taken),
  };
}

function isLate(place: FoldPlace | undefined, fresh: readonly OwnedEvent[]): boolean {
  const last = place?.last ?? null;
  return last !== null && fresh.some((each) => comparePeopleEvents(each.event, last) < 0);
}

/** `kept` is given when an event came late: then everything since the base is folded anew. */
function foldOne(
  employee: StoredEmployee,
  place: FoldPlace | undefined,
  fresh: readonly PeopleEvent[],
  kept: readonly PeopleEvent[] | undefined,
  directory: Directory,
) {
  const baseAt = place?.baseAt ?? null;
  const covered = fresh.filter(
    (event) => baseAt !== null && Date.parse(event.occurredAt) <= Date.parse(baseAt),
  );
  const events = (kept ?? fresh).filter((event) => !covered.includes(event));
  const base = place?.base ?? stateOf(employee);
  const start: StoredEmployee = kept === undefined ? employee : { ...employee, ...base };
  const { state, refused } = applyPeopleEvents(start, events, directory);
  const outcomes = new Map(events.map((event) => [event.id, refused.get(event.id) ?? 'applied']));
  for (const event of covered) outcomes.set(event.id, `the roster was imported later, on ${baseAt ?? ''}`);
  const last = events.toSorted(comparePeopleEvents).at(-1) ?? place?.last ?? null;
  const freshIds = new Set(fresh.map((event) => event.id));
  return {
    state,
    outcomes,
    reviews: [...outcomes]
      .filter(([id, reason]) => reason !== 'applied' && freshIds.has(id))
      .map(([eventId, reason]) => ({ eventId, employeeId: employee.id, reason })),
    taken: [...outcomes]
      .filter(([id, reason]) => reason === 'applied' && !freshIds.has(id))
      .map(([eventId]) => eventId),
    place: {
      employeeId: employee.id,
      base: events.length > 0 ? base : (place?.base ?? null),
      baseAt,
      last: last && { occurredAt: last.occurredAt, version: last.version, id: last.id },
    },
  };
}

function wordsOf(events: readonly PeopleEvent[]): DirectoryWords {
  const profiles = events
    .map((event) => ('profile' in event.payload ? event.payload.profile : undefined))
    .filter((profile): profile is EmployeeProfile => profile !== undefined);
  return {
    places: profiles.some((profile) => profile.divisionRef || profile.locationRef || profile.jobRoleRef),
    managers: profiles.map((profile) => profile.managerRef).filter((ref) => typeof ref === 'string'),
  };
}

async function store(
  deps: Deps,
  tx: Tx,
  tenantId: TenantId,
  before: readonly StoredEmployee[],
  folded: Folded,
  context: ActContext,
): Promise<EmployeeId[]> {
  const onCalendar = await openCalendar(tx, deps.clock);
  const changed: StoredEmployee[] = [];
  const drafts: AuditDraft[] = [];
  for (const old of before) {
    const state = folded.states.get(old.id);
    const now = state === undefined ? old : onCalendar(state);
    const difference = changesOf(old, now);
    if (difference === null) continue;
    changed.push(now);
    drafts.push({
      ...context,
      act: 'people:employee:update',
      subject: { type: 'employee', id: old.id },
      personal: true,
      ...difference,
    });
  }
  await updateEmployees(deps.keys, tx, changed, deps.clock.now());
  await saveFoldPlaces(deps.keys, tx, tenantId, folded.places);
  await saveOutcomes(tx, folded.outcomes);
  await deps.audit.append(tx, tenantId, drafts);
  return changed.map((employee) => employee.id);
}
