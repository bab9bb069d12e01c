import type { ComplianceEvent } from '#contracts/compliance-event';
import { modules, type Module } from '#contracts/modules';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { EventOutcome, Reviewed } from '#domain/folding';
import { followsOn, foldEvents, type Folded, type ModuleRecord, type RecordModels } from './model.ts';
import {
  listEvents,
  loadRecords,
  saveOutcomes,
  saveRecords,
  type RecordKey,
  type StoredRecord,
} from './store.postgres.ts';

const noOutcomes: ReadonlyMap<string, EventOutcome> = new Map();

function isModule(module: ComplianceEvent['module']): module is Module {
  return module !== 'people' && modules.includes(module);
}

function keyOf(key: RecordKey): string {
  return `${key.employeeId} ${key.module}`;
}

function groupByRecord(
  events: readonly ComplianceEvent[],
): Map<string, { key: RecordKey; events: ComplianceEvent[] }> {
  const groups = new Map<string, { key: RecordKey; events: ComplianceEvent[] }>();
  for (const event of events) {
    if (!isModule(event.module)) continue;
    const key: RecordKey = { employeeId: event.employeeId, module: event.module };
    const group = groups.get(keyOf(key));
    if (group) group.events.push(event);
    else groups.set(keyOf(key), { key, events: [event] });
  }
  return groups;
}

/** What folding did: the records touched, and what their open reviews gained and lost. */
export interface FoldedRecords {
  records: StoredRecord[];
  opened: { eventId: string; reason: string }[];
  closed: string[];
}

/** The record's open reviews by event. Records are opaque here but for this: every model has it (`Reviewed`). */
function openReviews(record: ModuleRecord | undefined): ReadonlyMap<string, string> {
  const reviews = (record?.['reviews'] ?? []) as Reviewed['reviews'];
  return new Map(reviews.map(({ eventId, reason }) => [eventId, reason]));
}

function tellReviews(answer: FoldedRecords, before: ModuleRecord | undefined, after: ModuleRecord): void {
  const [old, now] = [openReviews(before), openReviews(after)];
  for (const [eventId, reason] of now) if (!old.has(eventId)) answer.opened.push({ eventId, reason });
  for (const eventId of old.keys()) if (!now.has(eventId)) answer.closed.push(eventId);
}

interface FoldInput {
  readonly models: RecordModels;
  readonly keys: Pick<Keys, 'seal' | 'open'>;
  readonly tenantId: string;
  readonly events: readonly ComplianceEvent[];
  readonly at: string;
}

/**
 * Folds freshly claimed events into the records of their (employee, module) and saves them. Events of module `people` are not records and are left to the people module.
 */
export async function foldIntoRecords(tx: Tx, input: FoldInput): Promise<FoldedRecords> {
  const answer: FoldedRecords = { records: [], opened: [], closed: [] };
  const groups = groupByRecord(input.events);
  if (groups.size === 0) return answer;
  const stored = await loadRecords(
    input.keys,
    tx,
    [...groups.values()].map((group) => group.key),
  );
  const byKey = new Map(stored.map((record) => [keyOf(record), record]));
  const outcomes = new Map<string, EventOutcome>();
  for (const { key, events } of groups.values()) {
    const before = byKey.get(keyOf(key));
    const folded = await foldOne(tx, input, key, before, events);
    for (const [id, outcome] of folded.outcomes) {
      // A fold from the beginning may judge earlier events anew; a plain step writes only what is not the default.
      if (outcome !== 'applied' || folded.fromBeginning) outcomes.set(id, outcome);
    }
    tellReviews(answer, before?.record, folded.record);
    answer.records.push({ ...key, record: folded.record, eventCount: folded.eventCount, last: folded.last });
  }
  await saveRecords(input.keys, tx, input.tenantId, answer.records, input.at);
  await saveOutcomes(tx, outcomes);
  return answer;
}

async function foldOne(
  tx: Tx,
  { models, keys }: Pick<FoldInput, 'models' | 'keys'>,
  key: RecordKey,
  before: StoredRecord | undefined,
  events: readonly ComplianceEvent[],
): Promise<Folded & { fromBeginning: boolean }> {
  const model = models[key.module];
  if (!before || followsOn(before.last, events)) {
    const start = before ? { ...before, outcomes: noOutcomes } : null;
    return { ...foldEvents(model, start, events), fromBeginning: false };
  }
  const all = await listEvents(keys, tx, { employeeId: key.employeeId, module: key.module });
  return {
    ...foldEvents(
      model,
      null,
      all.map((applied) => applied.event),
    ),
    fromBeginning: true,
  };
}
