import { Temporal } from 'temporal-polyfill';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { HealthPayload } from '#contracts/events/health';
import type { CalendarDate } from '#contracts/time';
import type { Applied } from '#domain/folding';
import { step } from '#platform/state-machine';
import { caseMachine, type CaseTrigger } from './case-machine.ts';
import type { CaseFact, HealthRecord } from './record.ts';

const dayMs = 86_400_000;

/** 29 CFR 1904.7(b)(3)(vii): days away and restricted together are counted up to this. */
const dayCap = 180;

export interface CaseDays {
  away: number;
  restricted: number;
  /** The cap is reached: the count stands still. */
  frozen: boolean;
}

/** Days of a spell up to `through`, from the day after the event at the earliest, weekends and holidays included. */
function spellDays(spell: CaseFact['spells'][number], first: CalendarDate, through: CalendarDate): number {
  const from = spell.from > first ? spell.from : first;
  const to = spell.to === null || spell.to > through ? through : spell.to;
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / dayMs + 1);
}

/**
 * The log's day counts through the calendar day `through` (zone of the site). Starts the day after `eventOn`,
 * 1904.7(b)(3)(i); calendar days (iv); the cap of 180 is for both counts together, spells in order of their start.
 */
export function caseDays(
  known: Pick<CaseFact, 'spells'>,
  eventOn: CalendarDate,
  through: CalendarDate,
): CaseDays {
  const first = Temporal.PlainDate.from(eventOn).add({ days: 1 }).toString();
  const counts = { away: 0, restricted: 0 };
  for (const spell of known.spells.toSorted((a, b) => a.from.localeCompare(b.from))) {
    const left = dayCap - counts.away - counts.restricted;
    counts[spell.kind] += Math.min(left, spellDays(spell, first, through));
  }
  return { ...counts, frozen: counts.away + counts.restricted >= dayCap };
}

function newCase(payload: HealthPayload<'case.reported'>): CaseFact {
  return {
    state: 'reported',
    ...payload,
    criteria: [],
    loggedOn: null,
    caseNumber: null,
    spells: [],
    severe: [],
    oshaReportedAt: null,
    eventIds: [],
  };
}

function withCase(record: HealthRecord, subjectRef: string, known: CaseFact): HealthRecord {
  return { ...record, cases: { ...record.cases, [subjectRef]: known } };
}

const unknownCase = { review: 'an event of a case that nobody reported' };

/** One trigger with the facts it brings; facts are kept when the step is applied or harmless. */
function onCase(
  record: HealthRecord,
  event: ComplianceEvent,
  trigger: CaseTrigger,
  facts: Partial<CaseFact>,
): Applied<HealthRecord> {
  const known = record.cases[event.subjectRef];
  if (!known) return { record, outcome: unknownCase };
  const result = step(caseMachine, known.state, trigger, {});
  if (result.outcome !== 'applied' && result.outcome !== 'duplicate')
    return { record, outcome: result.outcome };
  const changed = { ...known, ...facts, state: result.state, eventIds: [...known.eventIds, event.id] };
  const outcome = Object.keys(facts).length > 0 ? 'applied' : result.outcome;
  return { record: withCase(record, event.subjectRef, changed), outcome };
}

export function reportCase(
  record: HealthRecord,
  payload: HealthPayload<'case.reported'>,
  event: ComplianceEvent,
) {
  const known = record.cases[event.subjectRef];
  if (known) return onCase(record, event, 'information', {});
  const reported = { ...newCase(payload), eventIds: [event.id] };
  return { record: withCase(record, event.subjectRef, reported), outcome: 'applied' } as const;
}

/** New information starts the seven days again only while nothing was decided; a logged case keeps its clock. */
export function receiveInformation(
  record: HealthRecord,
  payload: HealthPayload<'case.information_received'>,
  event: ComplianceEvent,
) {
  const known = record.cases[event.subjectRef];
  const reopens = known?.state === 'not_recordable' || known?.state === 'lined_out';
  return onCase(record, event, 'information', reopens ? { infoAt: payload.infoAt } : {});
}

export function decideCase(
  record: HealthRecord,
  payload: HealthPayload<'case.decided'>,
  event: ComplianceEvent,
) {
  const facts = { criteria: payload.criteria };
  return onCase(record, event, payload.recordable ? 'recordable' : 'not_recordable', facts);
}

export function logCase(record: HealthRecord, payload: HealthPayload<'case.logged'>, event: ComplianceEvent) {
  const known = record.cases[event.subjectRef];
  const again = known?.state === 'logged';
  return onCase(record, event, 'log', again ? {} : payload);
}

export function updateDays(
  record: HealthRecord,
  payload: HealthPayload<'case.days_updated'>,
  event: ComplianceEvent,
) {
  return onCase(record, event, 'days', { spells: payload.spells });
}

export function reclassifyCase(
  record: HealthRecord,
  payload: HealthPayload<'case.reclassified'>,
  event: ComplianceEvent,
) {
  return onCase(record, event, 'reclassify', { criteria: payload.criteria });
}

export function moveCase(trigger: 'close' | 'line_out') {
  return (record: HealthRecord, _payload: unknown, event: ComplianceEvent) =>
    onCase(record, event, trigger, {});
}

export function noteSevereOutcome(
  record: HealthRecord,
  payload: HealthPayload<'case.severe_outcome'>,
  event: ComplianceEvent,
): Applied<HealthRecord> {
  const known = record.cases[event.subjectRef];
  if (!known) return { record, outcome: unknownCase };
  const severe = [...known.severe, { ...payload, eventIds: [event.id] }];
  const changed = { ...known, severe, eventIds: [...known.eventIds, event.id] };
  return { record: withCase(record, event.subjectRef, changed), outcome: 'applied' };
}

export function reportToOsha(
  record: HealthRecord,
  payload: HealthPayload<'case.osha_reported'>,
  event: ComplianceEvent,
) {
  return onCase(record, event, 'osha_reported', { oshaReportedAt: payload.at });
}
