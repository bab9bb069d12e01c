import type { ComplianceEvent } from '#contracts/compliance-event';
import { healthEvents, type HealthPayload } from '#contracts/events/health';
import { createFold, type Applied, type Handlers } from '#domain/folding';
import {
  decideCase,
  logCase,
  moveCase,
  noteSevereOutcome,
  receiveInformation,
  reclassifyCase,
  reportCase,
  reportToOsha,
  updateDays,
} from './cases.ts';
import { emptyRecord, type ExamFact, type HealthRecord } from './record.ts';

function applied(record: HealthRecord): Applied<HealthRecord> {
  return { record, outcome: 'applied' };
}

function onExam(
  record: HealthRecord,
  event: ComplianceEvent,
  program: ExamFact['program'],
  facts: Partial<ExamFact>,
): Applied<HealthRecord> {
  const known: ExamFact = record.exams[event.subjectRef] ?? {
    program,
    offeredOn: null,
    scheduledOn: null,
    declinedOn: null,
    examOn: null,
    outcome: null,
    restrictions: [],
    nextBy: null,
    canceled: false,
    vendor: event.source.vendor,
    eventIds: [],
  };
  const changed = {
    ...known,
    ...facts,
    vendor: event.source.vendor,
    eventIds: [...known.eventIds, event.id],
  };
  return applied({ ...record, exams: { ...record.exams, [event.subjectRef]: changed } });
}

function offerExam(record: HealthRecord, payload: HealthPayload<'exam.offered'>, event: ComplianceEvent) {
  return onExam(record, event, payload.program, { offeredOn: payload.offeredOn });
}

function scheduleExam(
  record: HealthRecord,
  payload: HealthPayload<'exam.scheduled'>,
  event: ComplianceEvent,
) {
  return onExam(record, event, payload.program, { scheduledOn: payload.scheduledOn, canceled: false });
}

function declineExam(record: HealthRecord, payload: HealthPayload<'exam.declined'>, event: ComplianceEvent) {
  const known = record.exams[event.subjectRef];
  const offeredOn = payload.offeredOn ?? known?.offeredOn ?? payload.declinedOn;
  return onExam(record, event, payload.program, { offeredOn, declinedOn: payload.declinedOn });
}

function completeExam(
  record: HealthRecord,
  payload: HealthPayload<'exam.completed'>,
  event: ComplianceEvent,
) {
  const { program, ...facts } = payload;
  return onExam(record, event, program, { ...facts, declinedOn: null, canceled: false });
}

/** A cancellation after the examination changes nothing. */
function cancelExam(record: HealthRecord, payload: HealthPayload<'exam.canceled'>, event: ComplianceEvent) {
  if (record.exams[event.subjectRef]?.examOn) return { record, outcome: 'duplicate' } as const;
  return onExam(record, event, payload.program, { canceled: true });
}

const recordFit: Handlers<HealthRecord, typeof healthEvents>['fit_test.recorded'] = (
  record,
  payload,
  event,
) => applied({ ...record, fits: [...record.fits, { ...payload, eventIds: [event.id] }] });

const changeFacepiece: Handlers<HealthRecord, typeof healthEvents>['facepiece.changed'] = (
  record,
  payload,
  event,
) => applied({ ...record, facepiece: { ...payload, eventIds: [event.id] } });

const recordAudiogram: Handlers<HealthRecord, typeof healthEvents>['audiogram.recorded'] = (
  record,
  payload,
  event,
) => applied({ ...record, audiograms: [...record.audiograms, { ...payload, eventIds: [event.id] }] });

const recordBloodLead: Handlers<HealthRecord, typeof healthEvents>['blood_lead.recorded'] = (
  record,
  payload,
  event,
) => applied({ ...record, bloodLeads: [...record.bloodLeads, { ...payload, eventIds: [event.id] }] });

function offerHbv(record: HealthRecord, payload: HealthPayload<'hbv.offered'>, event: ComplianceEvent) {
  const eventIds = [...(record.hbv?.eventIds ?? []), event.id];
  const offeredOn = record.hbv?.offeredOn ?? payload.offeredOn;
  return applied({ ...record, hbv: { answer: record.hbv?.answer ?? null, offeredOn, eventIds } });
}

function answerHbv(record: HealthRecord, payload: HealthPayload<'hbv.answered'>, event: ComplianceEvent) {
  const eventIds = [...(record.hbv?.eventIds ?? []), event.id];
  const offeredOn = record.hbv?.offeredOn ?? payload.on;
  return applied({ ...record, hbv: { answer: payload.answer, offeredOn, eventIds } });
}

const handlers: Handlers<HealthRecord, typeof healthEvents> = {
  'exam.offered': offerExam,
  'exam.scheduled': scheduleExam,
  'exam.declined': declineExam,
  'exam.completed': completeExam,
  'exam.canceled': cancelExam,
  'fit_test.recorded': recordFit,
  'facepiece.changed': changeFacepiece,
  'audiogram.offered': (record, payload, event) =>
    applied({ ...record, audiogramOffer: { ...payload, eventIds: [event.id] } }),
  'audiogram.recorded': recordAudiogram,
  'blood_lead.offered': (record, payload, event) =>
    applied({ ...record, bloodLeadOffer: { ...payload, eventIds: [event.id] } }),
  'blood_lead.recorded': recordBloodLead,
  'blood_lead.employee_told': (record, payload) => applied({ ...record, bloodLeadToldOn: payload.on }),
  'hbv.offered': offerHbv,
  'hbv.answered': answerHbv,
  'case.reported': reportCase,
  'case.information_received': receiveInformation,
  'case.decided': decideCase,
  'case.logged': logCase,
  'case.days_updated': updateDays,
  'case.closed': moveCase('close'),
  'case.reclassified': reclassifyCase,
  'case.lined_out': moveCase('line_out'),
  'case.severe_outcome': noteSevereOutcome,
  'case.osha_reported': reportToOsha,
};

/** The health record of one employee as a pure fold over that employee's `health` events. */
export const healthFold = createFold({ schemas: healthEvents, handlers, empty: emptyRecord });
