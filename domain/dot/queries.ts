import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DotPayload } from '#contracts/events/dot';
import type { EpochMs, Instant } from '#contracts/time';
import type { Applied } from '#domain/folding';
import { step } from '#platform/state-machine';
import { queryMachine, type QueryState, type QueryTrigger } from './query-machine.ts';
import type { DotRecord, QueryFact } from './record.ts';

/** 49 CFR 382.701(b)(3): a full query within 24 hours of the limited hit. Elapsed hours, not calendar time. */
export const fullQueryWindowMs = 24 * 3_600_000;

function newQuery(queryType: QueryFact['queryType']): QueryFact {
  return {
    queryType,
    state: 'draft',
    submittedAt: null,
    consentOnFile: false,
    consentPending: false,
    hitAt: null,
    resultAt: null,
    outcome: null,
    refusedAt: null,
    rejection: null,
    vendor: '',
    eventIds: [],
  };
}

function stepQuery(query: QueryFact, trigger: QueryTrigger) {
  return step(queryMachine, query.state, trigger, {
    submit: () => (query.consentOnFile ? 'awaiting' : '!no_consent'),
    withdraw: () => (query.hitAt === null ? 'withdrawn' : 'limited_hit'),
    day_passed: () => (query.hitAt === null ? '=' : 'overdue'),
  });
}

/** The query's state at an instant: the 24-hour clock of a hit runs by itself. */
export function queryStateAt(query: QueryFact, atMs: EpochMs): QueryState {
  if (query.hitAt === null || atMs < Date.parse(query.hitAt) + fullQueryWindowMs) return query.state;
  return stepQuery(query, 'day_passed').state;
}

/** One trigger, after the clock has been brought up to the event. */
function onQuery(
  record: DotRecord,
  event: ComplianceEvent,
  trigger: QueryTrigger,
  facts: Partial<QueryFact>,
): Applied<DotRecord> {
  const stored = record.queries[event.subjectRef] ?? newQuery(facts.queryType ?? 'limited');
  const present = { ...stored, state: queryStateAt(stored, Date.parse(event.occurredAt)) };
  const withFacts = {
    ...present,
    ...facts,
    vendor: event.source.vendor,
    eventIds: [...present.eventIds, event.id],
  };
  const result = stepQuery(withFacts, trigger);
  const accepted = result.outcome === 'applied';
  const kept = accepted ? { ...withFacts, state: result.state } : present;
  return {
    record: { ...record, queries: { ...record.queries, [event.subjectRef]: kept } },
    outcome: result.outcome,
  };
}

export function draftQuery(record: DotRecord, payload: DotPayload<'query.drafted'>, event: ComplianceEvent) {
  if (record.queries[event.subjectRef]) return { record, outcome: 'duplicate' } as const;
  const query = { ...newQuery(payload.queryType), vendor: event.source.vendor, eventIds: [event.id] };
  return {
    record: { ...record, queries: { ...record.queries, [event.subjectRef]: query } },
    outcome: 'applied',
  } as const;
}

export function submitQuery(
  record: DotRecord,
  payload: DotPayload<'query.submitted'>,
  event: ComplianceEvent,
) {
  return onQuery(record, event, 'submit', {
    queryType: payload.queryType,
    submittedAt: payload.submittedAt,
    consentOnFile: payload.consentOnFile,
    rejection: null,
  });
}

export function rejectRow(
  record: DotRecord,
  payload: DotPayload<'query.row_rejected'>,
  event: ComplianceEvent,
) {
  const place = payload.line === null ? '' : `line ${payload.line}: `;
  return onQuery(record, event, 'reject_row', { rejection: `${place}${payload.reason}` });
}

/** Facts of an answer. `not_found` gives the credit back and is no query: it sets no result date. */
function answerFacts(
  outcome: QueryFact['outcome'],
  at: Instant,
  query: QueryFact | undefined,
): Partial<QueryFact> {
  if (outcome === 'not_found') return { outcome, consentPending: false };
  const hit = outcome === 'limited_hit' && !query?.hitAt ? { hitAt: at } : {};
  return { outcome, resultAt: at, consentPending: false, ...hit };
}

/**
 * An answer for a query that this system never saw submitted (imported results): the query starts as awaiting. An
 * unknown word moves nothing.
 */
export function reportResult(
  record: DotRecord,
  payload: DotPayload<'query.result_reported'>,
  event: ComplianceEvent,
): Applied<DotRecord> {
  if (payload.outcome === 'unknown') {
    return { record, outcome: { review: 'the Clearinghouse answered with an unknown word' } };
  }
  const query = record.queries[event.subjectRef];
  const seen = query ? record : withImported(record, event.subjectRef, payload.outcome);
  return onQuery(seen, event, payload.outcome, answerFacts(payload.outcome, payload.reportedAt, query));
}

function withImported(record: DotRecord, subjectRef: string, outcome: string): DotRecord {
  const full = outcome === 'not_prohibited' || outcome === 'prohibited';
  const query: QueryFact = {
    ...newQuery(full ? 'full' : 'limited'),
    state: 'awaiting',
    consentOnFile: true,
  };
  return { ...record, queries: { ...record.queries, [subjectRef]: query } };
}

export function processQuery(
  record: DotRecord,
  payload: DotPayload<'query.processing'>,
  event: ComplianceEvent,
): Applied<DotRecord> {
  const applied = onQuery(record, event, 'process', {});
  const known = applied.record.queries[event.subjectRef];
  const pending = payload.consentPending ?? false;
  if (!known || known.consentPending === pending || !isRunning(known)) return applied;
  const changed = {
    ...known,
    consentPending: pending,
    eventIds: [...new Set([...known.eventIds, event.id])],
  };
  const queries = { ...applied.record.queries, [event.subjectRef]: changed };
  return { record: { ...applied.record, queries }, outcome: 'applied' };
}

const isRunning = (query: QueryFact): boolean => query.state === 'awaiting' || query.state === 'processing';

/** Triggers that bring no facts of their own. */
export function moveQuery(trigger: 'ask_full' | 'withdraw') {
  return (record: DotRecord, _payload: unknown, event: ComplianceEvent) =>
    onQuery(record, event, trigger, {});
}

export function giveConsent(
  record: DotRecord,
  _payload: unknown,
  event: ComplianceEvent,
): Applied<DotRecord> {
  const applied = onQuery(record, event, 'consent', {});
  const known = applied.record.queries[event.subjectRef];
  if (!known?.consentPending) return applied;
  const changed = { ...known, consentPending: false, eventIds: [...new Set([...known.eventIds, event.id])] };
  const queries = { ...applied.record.queries, [event.subjectRef]: changed };
  return { record: { ...applied.record, queries }, outcome: 'applied' };
}

export function refuseConsent(
  record: DotRecord,
  payload: DotPayload<'query.consent_refused'>,
  event: ComplianceEvent,
) {
  return onQuery(record, event, 'refuse_consent', { refusedAt: payload.at, consentPending: false });
}
