import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantId } from '#contracts/ids';
import { peopleChangedTopic, readPersonChanged, type PersonChanged } from '#domain/people';
import {
  eventsAppliedTopic,
  flagsChangedTopic,
  readEventApplied,
  readFlagChanged,
  type EventApplied,
} from '#domain/policy-driver';
import type { Clock } from '#platform/clock';
import type { BatchHandler, LogRecord } from '#platform/event-log';
import type { EventRow, FlagChangeRow, Loader, LogPosition, NamedUnit, PersonRow } from '#warehouse';

/** Names of divisions, locations and job roles of a tenant, by id. */
export type PlaceNames = ReadonlyMap<string, string>;

export interface LoadWarehouseDeps {
  loader: Loader;
  placeNames: (tenantId: TenantId) => Promise<PlaceNames>;
  clock: Clock;
  /** A batch of so many records was not the last one waiting: the next follows at once. */
  fullBatch: number;
}

/**
 * Pause after a batch: few big inserts are what ClickHouse likes. Loading takes at most a tenth of the time while that
 * leaves the screens no more than a second behind. Never delays a flag.
 */
export function pauseAfter(tookMs: number, records: number, fullBatch: number): number {
  return records >= fullBatch ? 0 : Math.min(Math.max(9 * tookMs, 250), 1000);
}

function positionOf({ topic, partition, offset }: LogRecord): LogPosition {
  return { topic, partition, offset };
}

function unit(id: string | null, names: PlaceNames): NamedUnit | null {
  return id === null ? null : { id, name: names.get(id) ?? id };
}

function personRow({ event, person, appliedAt }: EventApplied, names: PlaceNames): PersonRow | null {
  if (person === null) return null;
  return {
    tenantId: event.tenantId,
    employeeId: event.employeeId,
    name: person.name,
    phase: person.phase,
    division: unit(person.divisionId, names),
    location: unit(person.locationId, names),
    jobRole: unit(person.jobRoleId, names),
    updatedAt: appliedAt,
    isAside: true,
  };
}

function changedRow(person: PersonChanged, names: PlaceNames): PersonRow {
  return {
    tenantId: person.tenantId,
    employeeId: person.employeeId,
    name: person.name,
    phase: person.phase,
    division: unit(person.divisionId, names),
    location: unit(person.locationId, names),
    jobRole: unit(person.jobRoleId, names),
    updatedAt: person.updatedAt,
  };
}

function lastOf(people: readonly PersonRow[]): PersonRow[] {
  return [...new Map(people.map((person) => [`${person.tenantId}/${person.employeeId}`, person])).values()];
}

/** Loads records of the topics of the warehouse. They may come again, in other pieces too. */
export async function loadRecords(
  { loader, placeNames }: Pick<LoadWarehouseDeps, 'loader' | 'placeNames'>,
  records: readonly LogRecord[],
): Promise<void> {
  const events = await eventRows(
    records.filter((record) => record.topic === eventsAppliedTopic),
    placeNames,
  );
  const changes: FlagChangeRow[] = records
    .filter((record) => record.topic === flagsChangedTopic)
    .map((record) => ({ change: readFlagChanged(record.value), at: positionOf(record) }));
  if (events.length > 0) {
    await loader.loadEvents(events);
    await loader.loadPeople(lastOf(events.flatMap(({ person }) => person ?? [])));
  }
  const people = await changedPeople(records, placeNames);
  if (people.length > 0) await loader.loadPeople(people);
  if (changes.length > 0) await loader.loadFlagChanges(changes);
}

async function eventRows(
  records: readonly LogRecord[],
  placeNames: LoadWarehouseDeps['placeNames'],
): Promise<EventRow[]> {
  const applied = records.map((record) => ({ record, applied: readEventApplied(record.value) }));
  const names = await namesOf(
    applied.map((one) => one.applied.event.tenantId),
    placeNames,
  );
  return applied.map((one) => ({
    event: one.applied.event,
    person: personRow(one.applied, names.get(one.applied.event.tenantId) ?? new Map()),
    at: positionOf(one.record),
  }));
}

async function changedPeople(
  records: readonly LogRecord[],
  placeNames: LoadWarehouseDeps['placeNames'],
): Promise<PersonRow[]> {
  const changed = records
    .filter((record) => record.topic === peopleChangedTopic)
    .map((record) => readPersonChanged(record.value));
  const names = await namesOf(
    changed.map(({ tenantId }) => tenantId),
    placeNames,
  );
  return lastOf(changed.map((person) => changedRow(person, names.get(person.tenantId) ?? new Map())));
}

async function namesOf(
  tenantIds: readonly TenantId[],
  placeNames: LoadWarehouseDeps['placeNames'],
): Promise<ReadonlyMap<TenantId, PlaceNames>> {
  const names = new Map<TenantId, PlaceNames>();
  for (const tenantId of new Set(tenantIds)) names.set(tenantId, await placeNames(tenantId));
  return names;
}

/** Consumer "warehouse": applied events, people and flag changes go to ClickHouse in batches, each exactly once. */
export function createWarehouseConsumer(deps: LoadWarehouseDeps): BatchHandler {
  return async function loadWarehouse(records, signal) {
    const startMs = deps.clock.nowMs();
    await loadRecords(deps, records);
    const pauseMs = pauseAfter(deps.clock.nowMs() - startMs, records.length, deps.fullBatch);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  };
}
