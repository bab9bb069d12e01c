import type { ComplianceEvent } from '#contracts/compliance-event';
import { lawItems, trainingEvents, type TrainingPayload } from '#contracts/events/training';
import { movePaper, newPaper, uploadPaper, verifyPaper, type Paper, type PaperStep } from '#domain/documents';
import { createFold, type Applied, type Handlers } from '#domain/folding';
import { emptyItem, emptyRecord, type AssignmentFact, type ItemFact, type TrainingRecord } from './record.ts';

const itemsOfLaw: ReadonlySet<string> = new Set(lawItems);

function itemOf(record: TrainingRecord, item: string): ItemFact {
  return record.items[item] ?? emptyItem();
}

function withItem(record: TrainingRecord, item: string, changes: Partial<ItemFact>): Applied<TrainingRecord> {
  const items = { ...record.items, [item]: { ...itemOf(record, item), ...changes } };
  return { record: { ...record, items }, outcome: 'applied' };
}

function createAssignment(
  record: TrainingRecord,
  payload: TrainingPayload<'assignment.created'>,
  event: ComplianceEvent,
): Applied<TrainingRecord> {
  const known = itemOf(record, payload.item).assignment;
  if (known?.ref === event.subjectRef) return { record, outcome: 'duplicate' };
  const assignment: AssignmentFact = {
    ref: event.subjectRef,
    status: 'assigned',
    assignedAt: payload.assignedAt,
    dueOn: payload.dueOn,
    graceDays: payload.graceDays,
    vendor: event.source.vendor,
    eventIds: [event.id],
  };
  return withItem(record, payload.item, { assignment });
}

/** Changes the present assignment; an event of an older or unknown one is for a person to look at. */
function onAssignment(
  record: TrainingRecord,
  item: string,
  event: ComplianceEvent,
  changes: Partial<AssignmentFact>,
): Applied<TrainingRecord> {
  const known = itemOf(record, item).assignment;
  if (known?.ref !== event.subjectRef) {
    return { record, outcome: { review: 'an event of an assignment that is not the present one' } };
  }
  const assignment = {
    ...known,
    ...changes,
    vendor: event.source.vendor,
    eventIds: [...known.eventIds, event.id],
  };
  return withItem(record, item, { assignment });
}

/** The statuses of one assignment only go forward: a late "started" does not undo "acknowledged". */
function startAssignment(
  record: TrainingRecord,
  payload: TrainingPayload<'assignment.started'>,
  event: ComplianceEvent,
): Applied<TrainingRecord> {
  const known = itemOf(record, payload.item).assignment;
  if (known?.ref === event.subjectRef && known.status !== 'assigned') return { record, outcome: 'duplicate' };
  return onAssignment(record, payload.item, event, { status: 'started' });
}

function acknowledge(
  record: TrainingRecord,
  payload: TrainingPayload<'assignment.acknowledged'>,
  event: ComplianceEvent,
): Applied<TrainingRecord> {
  const known = itemOf(record, payload.item).assignment;
  if (known?.ref === event.subjectRef && known.status === 'canceled') return { record, outcome: 'duplicate' };
  return onAssignment(record, payload.item, event, { status: 'acknowledged' });
}

function recordCompletion(
  record: TrainingRecord,
  payload: TrainingPayload<'completion.recorded'>,
  event: ComplianceEvent,
) {
  const { item, completedOn, ...facts } = payload;
  const completion = { ...facts, on: completedOn, eventIds: [event.id] };
  return withItem(record, item, { completions: [...itemOf(record, item).completions, completion] });
}

function papersOf(record: TrainingRecord, item: string, event: ComplianceEvent): readonly Paper[] {
  return itemOf(record, item).certificates[event.subjectRef] ?? [];
}

function afterPaper(
  record: TrainingRecord,
  item: string,
  event: ComplianceEvent,
  moved: PaperStep<Paper>,
): Applied<TrainingRecord> {
  if (moved.outcome !== 'applied') return { record, outcome: moved.outcome };
  const certificates = { ...itemOf(record, item).certificates, [event.subjectRef]: moved.papers };
  return withItem(record, item, { certificates });
}

const fresh = (): Paper => newPaper('required');
/** Below this confidence a reading is low and a person reads the certificate. */
const readFloor = 0.9;

function uploadCertificate(
  record: TrainingRecord,
  payload: TrainingPayload<'certificate.uploaded'>,
  event: ComplianceEvent,
) {
  const papers = papersOf(record, payload.item, event);
  return afterPaper(record, payload.item, event, uploadPaper(papers, event, payload.uploadedAt, fresh()));
}

/** What was read is a proposal: the dates count only once a person verified them. */
function readCertificate(
  record: TrainingRecord,
  payload: TrainingPayload<'certificate.read'>,
  event: ComplianceEvent,
) {
  const trigger = payload.confidence >= readFloor ? 'read_good' : 'read_low';
  const facts = { confidence: payload.confidence, on: payload.issuedOn, expiresOn: payload.expiresOn };
  const papers = papersOf(record, payload.item, event);
  return afterPaper(record, payload.item, event, movePaper(papers, event, trigger, facts, fresh()));
}

function verifyCertificate(
  record: TrainingRecord,
  payload: TrainingPayload<'certificate.verified'>,
  event: ComplianceEvent,
) {
  const facts = { on: payload.issuedOn, expiresOn: payload.expiresOn, verifiedBy: payload.verifiedBy };
  const papers = papersOf(record, payload.item, event);
  return afterPaper(record, payload.item, event, verifyPaper(papers, event, facts, fresh()));
}

function moveCertificate(trigger: 'reject' | 'void' | 'succeed') {
  return (record: TrainingRecord, payload: { item: string; reason?: string }, event: ComplianceEvent) => {
    const papers = papersOf(record, payload.item, event);
    const facts = { reason: payload.reason ?? null };
    return afterPaper(record, payload.item, event, movePaper(papers, event, trigger, facts, fresh()));
  };
}

function recordEvaluation(
  record: TrainingRecord,
  { item, ...facts }: TrainingPayload<'evaluation.recorded'>,
  event: ComplianceEvent,
) {
  const evaluations = [...itemOf(record, item).evaluations, { ...facts, eventIds: [event.id] }];
  return withItem(record, item, { evaluations });
}

function recordSupervision(
  record: TrainingRecord,
  { item, ...facts }: TrainingPayload<'supervision.recorded'>,
  event: ComplianceEvent,
) {
  return withItem(record, item, { supervision: { ...facts, eventIds: [event.id] } });
}

function observeTrigger(
  record: TrainingRecord,
  { item, ...facts }: TrainingPayload<'trigger.observed'>,
  event: ComplianceEvent,
) {
  const triggers = [...itemOf(record, item).triggers, { ...facts, eventIds: [event.id] }];
  return withItem(record, item, { triggers });
}

/** What the law asks for cannot be waived by the employer. */
function grantWaiver(
  record: TrainingRecord,
  { item, ...facts }: TrainingPayload<'waiver.granted'>,
  event: ComplianceEvent,
): Applied<TrainingRecord> {
  if (itemsOfLaw.has(item))
    return { record, outcome: { refused: `Training the law requires cannot be waived: ${item}` } };
  return withItem(record, item, { waiver: { ...facts, eventIds: [event.id] } });
}

function endWaiver(
  record: TrainingRecord,
  payload: TrainingPayload<'waiver.ended'>,
): Applied<TrainingRecord> {
  if (!itemOf(record, payload.item).waiver) return { record, outcome: 'duplicate' };
  return withItem(record, payload.item, { waiver: null });
}

const handlers: Handlers<TrainingRecord, typeof trainingEvents> = {
  'assignment.created': createAssignment,
  'assignment.extended': (record, payload, event) =>
    onAssignment(record, payload.item, event, { dueOn: payload.dueOn }),
  'assignment.started': startAssignment,
  'assignment.acknowledged': acknowledge,
  'assignment.canceled': (record, payload, event) =>
    onAssignment(record, payload.item, event, { status: 'canceled' }),
  'completion.recorded': recordCompletion,
  'certificate.uploaded': uploadCertificate,
  'certificate.read': readCertificate,
  'certificate.verified': verifyCertificate,
  'certificate.rejected': moveCertificate('reject'),
  'certificate.revoked': moveCertificate('void'),
  'certificate.superseded': moveCertificate('succeed'),
  'evaluation.recorded': recordEvaluation,
  'supervision.recorded': recordSupervision,
  'trigger.observed': observeTrigger,
  'waiver.granted': grantWaiver,
  'waiver.ended': endWaiver,
};

/** The training record of one employee as a pure fold over that employee's `training` events. */
export const trainingFold = createFold({ schemas: trainingEvents, handlers, empty: emptyRecord });
