import type { ComplianceEvent } from '#contracts/compliance-event';
import type { Module } from '#contracts/modules';
import {
  compareEvents,
  type EventOutcome,
  type EventPosition,
  type Fold,
  type Reviewed,
} from '#domain/folding';

/** A module's record as this module sees it: opaque JSON that only its model reads. */
export type ModuleRecord = Readonly<Record<string, unknown>>;

/** How one module folds events into its record. Pure: instants come with the events. */
export interface RecordModel {
  empty(): ModuleRecord;
  apply(record: ModuleRecord, event: ComplianceEvent): { record: ModuleRecord; outcome: EventOutcome };
}

/** A module's own fold, seen from here. Its records are written and read by this module alone, so the cast is safe. */
export function toRecordModel<R extends Reviewed>(fold: Fold<R>): RecordModel {
  return {
    empty: () => fold.empty() as ModuleRecord,
    apply: (record, event) => fold.apply(record as R, event) as ReturnType<RecordModel['apply']>,
  };
}

export type RecordModels = Readonly<Record<Module, RecordModel>>;

export interface Folded {
  record: ModuleRecord;
  eventCount: number;
  last: EventPosition;
  outcomes: ReadonlyMap<string, EventOutcome>;
}

/**
 * Folds `events` (any order) onto `start`. All of them must come after `start.last`; the caller folds from the
 * beginning otherwise.
 */
export function foldEvents(
  model: RecordModel,
  start: Folded | null,
  events: readonly ComplianceEvent[],
): Folded {
  const ordered = events.toSorted(compareEvents);
  let record = start?.record ?? model.empty();
  const outcomes = new Map<string, EventOutcome>();
  for (const event of ordered) {
    const step = model.apply(record, event);
    record = step.record;
    outcomes.set(event.id, step.outcome);
  }
  const newest = ordered.at(-1);
  const last = newest ?? start?.last;
  if (!last) throw new Error('foldEvents needs at least one event');
  return { record, eventCount: (start?.eventCount ?? 0) + ordered.length, last, outcomes };
}

/** True when every event comes after the last one folded, so that folding can go on from there. */
export function followsOn(last: EventPosition, events: readonly EventPosition[]): boolean {
  return events.every((event) => compareEvents(last, event) < 0);
}

export function outcomeWord(outcome: EventOutcome): { word: string; reason: string | null } {
  if (typeof outcome === 'string') return { word: outcome, reason: null };
  if ('refused' in outcome) return { word: 'refused', reason: outcome.refused };
  return { word: 'review', reason: outcome.review };
}
