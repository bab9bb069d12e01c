import type { ComplianceEvent } from '#contracts/compliance-event';
import { dotEvents, type DotPayload } from '#contracts/events/dot';
import { createFold, type Applied, type Handlers } from '#domain/folding';
import {
  moveDocument,
  readDocument,
  requireDocument,
  uploadDocument,
  verifyDocument,
  voidMedicalDocuments,
} from './documents.ts';
import {
  draftQuery,
  giveConsent,
  moveQuery,
  processQuery,
  refuseConsent,
  rejectRow,
  reportResult,
  submitQuery,
} from './queries.ts';
import { emptyRecord, type DotRecord } from './record.ts';

function applied(record: DotRecord): Applied<DotRecord> {
  return { record, outcome: 'applied' };
}

function reportLicence(record: DotRecord, payload: DotPayload<'licence.reported'>, event: ComplianceEvent) {
  const licence = { ...payload, vendor: event.source.vendor, surrenderedOn: null, eventIds: [event.id] };
  const licences = { ...record.licences, [event.subjectRef]: licence };
  if (payload.via !== 'mvr') return applied({ ...record, licences });
  return receiveMvr(
    { ...record, licences },
    { state: payload.state, obtainedOn: payload.readOn, purpose: 'annual' },
    event,
  );
}

function surrenderLicence(
  record: DotRecord,
  payload: DotPayload<'licence.surrendered'>,
  event: ComplianceEvent,
) {
  const licence = record.licences[event.subjectRef];
  if (!licence) return { record, outcome: { review: 'a licence nobody reported was surrendered' } };
  const changed = { ...licence, surrenderedOn: payload.on, eventIds: [...licence.eventIds, event.id] };
  return applied({ ...record, licences: { ...record.licences, [event.subjectRef]: changed } });
}

function settleConviction(
  record: DotRecord,
  payload: DotPayload<'conviction.settled'>,
  event: ComplianceEvent,
) {
  const settled = { ...payload, eventIds: [event.id] };
  return applied({ ...record, settledConvictions: [...record.settledConvictions, settled] });
}

/** An MVR answers every open order for its State. */
function receiveMvr(record: DotRecord, payload: DotPayload<'mvr.received'>, event: ComplianceEvent) {
  const openMvrOrders = Object.fromEntries(
    Object.entries(record.openMvrOrders).filter(([, order]) => order.state !== payload.state),
  );
  const mvrs = [...record.mvrs, { ...payload, eventIds: [event.id] }];
  return applied({ ...record, mvrs, openMvrOrders });
}

function orderMvr(record: DotRecord, payload: DotPayload<'mvr.ordered'>, event: ComplianceEvent) {
  const order = { ...payload, vendor: event.source.vendor, eventIds: [event.id] };
  return applied({ ...record, openMvrOrders: { ...record.openMvrOrders, [event.subjectRef]: order } });
}

function cancelMvrOrder(record: DotRecord, _payload: unknown, event: ComplianceEvent) {
  if (!record.openMvrOrders[event.subjectRef]) return { record, outcome: 'duplicate' } as const;
  const { [event.subjectRef]: _canceled, ...openMvrOrders } = record.openMvrOrders;
  return applied({ ...record, openMvrOrders });
}

function recordReview(record: DotRecord, payload: DotPayload<'review.recorded'>, event: ComplianceEvent) {
  if (record.review && record.review.on >= payload.on) return { record, outcome: 'duplicate' } as const;
  return applied({ ...record, review: { ...payload, eventIds: [event.id] } });
}

/** A later report on the same certificate (`subjectRef`) takes its place; "not qualified" voids the papers on file. */
function recordCertificate(
  record: DotRecord,
  payload: DotPayload<'medical.certificate_recorded'>,
  event: ComplianceEvent,
) {
  const certificate = { subjectRef: event.subjectRef, ...payload, eventIds: [event.id] };
  const others = record.certificates.filter((known) => known.subjectRef !== event.subjectRef);
  const next = { ...record, certificates: [...others, certificate] };
  return applied(payload.result === 'not_qualified' ? voidMedicalDocuments(next, event) : next);
}

function requireReExamination(
  record: DotRecord,
  payload: DotPayload<'medical.re_examination_required'>,
  event: ComplianceEvent,
) {
  const duty = { ...payload, clearedOn: null, eventIds: [event.id] };
  return applied({ ...record, reExaminations: [...record.reExaminations, duty] });
}

function clearReExamination(
  record: DotRecord,
  payload: DotPayload<'medical.re_examination_cleared'>,
  event: ComplianceEvent,
) {
  const reExaminations = record.reExaminations.map((duty) =>
    duty.clearedOn === null && duty.on <= payload.on
      ? { ...duty, clearedOn: payload.on, eventIds: [...duty.eventIds, event.id] }
      : duty,
  );
  return applied({ ...record, reExaminations });
}

function readCdlis(record: DotRecord, payload: DotPayload<'cdlis.status_read'>, event: ComplianceEvent) {
  if (record.cdlis && record.cdlis.readOn > payload.readOn) return { record, outcome: 'duplicate' } as const;
  return applied({ ...record, cdlis: { ...payload, eventIds: [event.id] } });
}

function recordHistory(record: DotRecord, payload: DotPayload<'history.recorded'>, event: ComplianceEvent) {
  return applied({ ...record, histories: [...record.histories, { ...payload, eventIds: [event.id] }] });
}

function noteNewInformation(
  record: DotRecord,
  payload: DotPayload<'query.new_information'>,
  event: ComplianceEvent,
) {
  return applied({ ...record, newInformation: { ...payload, eventIds: [event.id] } });
}

const handlers: Handlers<DotRecord, typeof dotEvents> = {
  'licence.reported': reportLicence,
  'licence.surrendered': surrenderLicence,
  'conviction.settled': settleConviction,
  'mvr.ordered': orderMvr,
  'mvr.received': receiveMvr,
  'mvr.order_canceled': cancelMvrOrder,
  'review.recorded': recordReview,
  'medical.certificate_recorded': recordCertificate,
  'medical.re_examination_required': requireReExamination,
  'medical.re_examination_cleared': clearReExamination,
  'cdlis.status_read': readCdlis,
  'document.required': requireDocument,
  'document.uploaded': uploadDocument,
  'document.read': readDocument,
  'document.verified': verifyDocument,
  'document.rejected': moveDocument('reject'),
  'document.voided': moveDocument('void'),
  'document.superseded': moveDocument('succeed'),
  'document.dropped': moveDocument('drop'),
  'history.recorded': recordHistory,
  'query.drafted': draftQuery,
  'query.submitted': submitQuery,
  'query.row_rejected': rejectRow,
  'query.processing': processQuery,
  'query.result_reported': reportResult,
  'query.full_requested': moveQuery('ask_full'),
  'query.consent_given': giveConsent,
  'query.consent_refused': refuseConsent,
  'query.withdrawn': moveQuery('withdraw'),
  'query.new_information': noteNewInformation,
};

/** The DOT record of one employee as a pure fold over that employee's `dot` events. */
export const dotFold = createFold({ schemas: dotEvents, handlers, empty: emptyRecord });
