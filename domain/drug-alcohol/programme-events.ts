import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DrugAlcoholPayload } from '#contracts/events/drug-alcohol';
import type { Applied } from '#domain/folding';
import type { AccidentFact, DrugAlcoholRecord } from './record.ts';
import { returnStage } from './violations.ts';

type Result = Applied<DrugAlcoholRecord>;
const applied = (record: DrugAlcoholRecord): Result => ({ record, outcome: 'applied' });
const dated = (event: ComplianceEvent) => ({ at: event.occurredAt, eventId: event.id });

function scheduleDuty(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'duty.scheduled'>,
  event: ComplianceEvent,
) {
  const scheduled =
    payload.at === null ? [] : [...record.duty.scheduled, { at: payload.at, eventId: event.id }];
  return applied({ ...record, duty: { ...record.duty, scheduled } });
}

function startDuty(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const { intervals } = record.duty;
  if (intervals.at(-1)?.to === null) return { record, outcome: 'duplicate' };
  const started = { from: event.occurredAt, to: null, eventIds: [event.id] };
  return applied({ ...record, duty: { ...record.duty, intervals: [...intervals, started] } });
}

function stopDuty(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const { intervals } = record.duty;
  const running = intervals.at(-1);
  if (running?.to !== null) {
    return { record, outcome: running ? 'duplicate' : { refused: 'No duty was running' } };
  }
  const stopped = { ...running, to: event.occurredAt, eventIds: [...running.eventIds, event.id] };
  return applied({ ...record, duty: { ...record.duty, intervals: [...intervals.slice(0, -1), stopped] } });
}

function learnViolation(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent) {
  const others = record.knowledge.filter((known) => known.subjectRef !== event.subjectRef);
  const learned = { ...dated(event), subjectRef: event.subjectRef, withdrawnAt: null };
  return applied({ ...record, knowledge: [...others, learned] });
}

function withdrawViolation(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  if (!record.knowledge.some((known) => known.subjectRef === event.subjectRef)) {
    return { record, outcome: { refused: 'No actual knowledge of that subject is on record' } };
  }
  const knowledge = record.knowledge.map((known) =>
    known.subjectRef === event.subjectRef ? { ...known, withdrawnAt: event.occurredAt } : known,
  );
  return applied({ ...record, knowledge });
}

/** Return to duty goes step by step (40.285 to 40.309): a step before its predecessor is refused. */
function evaluateSap(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const { stage } = returnStage(record);
  if (stage === 'none') return { record, outcome: { refused: 'There is no violation to evaluate' } };
  if (stage !== 'open') return { record, outcome: 'duplicate' };
  return applied({ ...record, sap: { ...record.sap, evaluated: [...record.sap.evaluated, dated(event)] } });
}

function complySap(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'sap.complied'>,
  event: ComplianceEvent,
): Result {
  const { stage } = returnStage(record);
  if (stage === 'none' || stage === 'open') {
    return { record, outcome: { refused: 'The initial evaluation by the SAP comes first (49 CFR 40.293)' } };
  }
  if (stage !== 'evaluated') return { record, outcome: 'duplicate' };
  const complied = [...record.sap.complied, { ...dated(event), ...payload }];
  return applied({ ...record, sap: { ...record.sap, complied } });
}

function completePlan(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const { stage } = returnStage(record);
  if (stage === 'done') return { record, outcome: 'duplicate' };
  if (stage !== 'follow_up') {
    return { record, outcome: { refused: 'No follow-up plan is running (49 CFR 40.307)' } };
  }
  const planCompleted = [...record.sap.planCompleted, { ...dated(event), subjectRef: event.subjectRef }];
  return applied({ ...record, sap: { ...record.sap, planCompleted } });
}

function reportToClearinghouse(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  if (record.clearinghouseReports[event.subjectRef]) return { record, outcome: 'duplicate' };
  const clearinghouseReports = { ...record.clearinghouseReports, [event.subjectRef]: dated(event) };
  return applied({ ...record, clearinghouseReports });
}

function recordAccident(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'accident.occurred'>,
  event: ComplianceEvent,
) {
  const before = record.accidents[event.subjectRef];
  const accident: AccidentFact = {
    ...dated(event),
    subjectRef: event.subjectRef,
    untestedRecorded: before?.untestedRecorded ?? [],
    policeTested: before?.policeTested ?? [],
    ...payload,
    citationAt: payload.citationAt ?? before?.citationAt ?? null,
    eventIds: [...(before?.eventIds ?? []), event.id],
  };
  return applied({ ...record, accidents: { ...record.accidents, [event.subjectRef]: accident } });
}

/** Handler for what is learned of an accident on record. */
function onAccident<P>(change: (accident: AccidentFact, payload: P) => Partial<AccidentFact>) {
  return (record: DrugAlcoholRecord, payload: P, event: ComplianceEvent): Result => {
    const accident = record.accidents[event.subjectRef];
    if (!accident) return { record, outcome: { review: 'an accident nobody reported' } };
    const changed = {
      ...accident,
      ...change(accident, payload),
      eventIds: [...accident.eventIds, event.id],
    };
    return applied({ ...record, accidents: { ...record.accidents, [event.subjectRef]: changed } });
  };
}

const including = <T>(list: readonly T[], item: T): T[] =>
  list.includes(item) ? [...list] : [...list, item];

function observeSuspicion(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'suspicion.observed'>,
  event: ComplianceEvent,
) {
  const suspicion = { ...dated(event), ...payload, recordedAt: null, eventIds: [event.id] };
  return applied({ ...record, suspicions: { ...record.suspicions, [event.subjectRef]: suspicion } });
}

function signSuspicion(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const suspicion = record.suspicions[event.subjectRef];
  if (!suspicion) return { record, outcome: { review: 'a suspicion nobody reported' } };
  const signed = {
    ...suspicion,
    recordedAt: event.occurredAt,
    eventIds: [...suspicion.eventIds, event.id],
  };
  return applied({ ...record, suspicions: { ...record.suspicions, [event.subjectRef]: signed } });
}

function admit(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'self_admission.made'>,
  event: ComplianceEvent,
) {
  const admission = { ...dated(event), qualified: payload.qualified, completedAt: null };
  return applied({ ...record, selfAdmissions: { ...record.selfAdmissions, [event.subjectRef]: admission } });
}

function completeAdmission(record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent): Result {
  const admission = record.selfAdmissions[event.subjectRef];
  if (!admission) return { record, outcome: { review: 'a self-admission nobody recorded' } };
  const completed = { ...admission, completedAt: event.occurredAt };
  return applied({ ...record, selfAdmissions: { ...record.selfAdmissions, [event.subjectRef]: completed } });
}

function joinPool(
  record: DrugAlcoholRecord,
  payload: DrugAlcoholPayload<'pool.joined'>,
  event: ComplianceEvent,
): Result {
  if (!record.pool || record.pool.rejoinedOn !== null) return { record, outcome: 'duplicate' };
  return applied({ ...record, pool: { ...record.pool, rejoinedOn: payload.on, eventId: event.id } });
}

export const programmeHandlers = {
  'duty.scheduled': scheduleDuty,
  'duty.started': startDuty,
  'duty.stopped': stopDuty,
  'violation.actual_knowledge': learnViolation,
  'violation.withdrawn': withdrawViolation,
  'sap.evaluated': evaluateSap,
  'sap.complied': complySap,
  'sap.plan_completed': completePlan,
  'clearinghouse.reported': reportToClearinghouse,
  'accident.occurred': recordAccident,
  'accident.citation_issued': onAccident<DrugAlcoholPayload<'accident.citation_issued'>>(
    (_, payload) => payload,
  ),
  'accident.untested_recorded': onAccident<DrugAlcoholPayload<'accident.untested_recorded'>>(
    (accident, { substance }) => ({ untestedRecorded: including(accident.untestedRecorded, substance) }),
  ),
  'accident.police_test_obtained': onAccident<DrugAlcoholPayload<'accident.police_test_obtained'>>(
    (accident, { substance }) => ({ policeTested: including(accident.policeTested, substance) }),
  ),
  'suspicion.observed': observeSuspicion,
  'suspicion.recorded': signSuspicion,
  'self_admission.made': admit,
  'self_admission.completed': completeAdmission,
  'policy.receipt_signed': (record: DrugAlcoholRecord, _payload: unknown, event: ComplianceEvent) =>
    applied({ ...record, policyReceipt: dated(event) }),
  'exception.documented': (
    record: DrugAlcoholRecord,
    payload: DrugAlcoholPayload<'exception.documented'>,
    event: ComplianceEvent,
  ) => applied({ ...record, exception: { ...dated(event), ...payload } }),
  'pool.left': (
    record: DrugAlcoholRecord,
    payload: DrugAlcoholPayload<'pool.left'>,
    event: ComplianceEvent,
  ) => applied({ ...record, pool: { leftOn: payload.on, rejoinedOn: null, eventId: event.id } }),
  'pool.joined': joinPool,
};
