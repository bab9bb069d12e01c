import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DotPayload } from '#contracts/events/dot';
import {
  isVerified,
  movePaper,
  newPaper,
  requirePaper,
  uploadPaper,
  verifiedPaper,
  verifyPaper,
  type PaperStep,
} from '#domain/documents';
import type { Applied } from '#domain/folding';
import type { DocumentFact, DotRecord } from './record.ts';

type DocumentKind = DocumentFact['kind'];

function newDocument(kind: DocumentKind): DocumentFact {
  return { kind, roadTestBasis: null, licenceState: null, ...newPaper('required') };
}

function papersOf(record: DotRecord, event: ComplianceEvent): readonly DocumentFact[] {
  return record.documents[event.subjectRef] ?? [];
}

function after(
  record: DotRecord,
  event: ComplianceEvent,
  moved: PaperStep<DocumentFact>,
): Applied<DotRecord> {
  if (moved.outcome !== 'applied') return { record, outcome: moved.outcome };
  const documents = { ...record.documents, [event.subjectRef]: moved.papers };
  return { record: { ...record, documents }, outcome: 'applied' };
}

export function requireDocument(
  record: DotRecord,
  payload: DotPayload<'document.required'>,
  event: ComplianceEvent,
) {
  return after(
    record,
    event,
    requirePaper(papersOf(record, event), event, newDocument(payload.documentKind)),
  );
}

export function uploadDocument(
  record: DotRecord,
  payload: DotPayload<'document.uploaded'>,
  event: ComplianceEvent,
) {
  const fresh = newDocument(payload.documentKind);
  return after(record, event, uploadPaper(papersOf(record, event), event, payload.uploadedAt, fresh));
}

/** Below this confidence a reading is low and a person reads the paper. */
const readFloor = 0.9;

export function readDocument(
  record: DotRecord,
  payload: DotPayload<'document.read'>,
  event: ComplianceEvent,
) {
  const trigger = payload.confidence >= readFloor ? 'read_good' : 'read_low';
  const facts = { confidence: payload.confidence };
  const fresh = newDocument(payload.documentKind);
  return after(record, event, movePaper(papersOf(record, event), event, trigger, facts, fresh));
}

export function verifyDocument(
  record: DotRecord,
  payload: DotPayload<'document.verified'>,
  event: ComplianceEvent,
) {
  const facts = {
    on: payload.on,
    expiresOn: payload.expiresOn,
    verifiedBy: payload.verifiedBy,
    roadTestBasis: payload.roadTestBasis,
    licenceState: payload.state,
  };
  const fresh = newDocument(payload.documentKind);
  return after(record, event, verifyPaper(papersOf(record, event), event, facts, fresh));
}

/** Triggers that bring at most a reason. */
export function moveDocument(trigger: 'reject' | 'void' | 'succeed' | 'drop') {
  return (
    record: DotRecord,
    payload: { documentKind: DocumentKind; reason?: string },
    event: ComplianceEvent,
  ) => {
    const facts = { reason: payload.reason ?? null };
    const fresh = newDocument(payload.documentKind);
    return after(record, event, movePaper(papersOf(record, event), event, trigger, facts, fresh));
  };
}

/** 49 CFR 391.43(g)(3): a "not qualified" finding voids every certificate on file. */
export function voidMedicalDocuments(record: DotRecord, event: ComplianceEvent): DotRecord {
  const documents = Object.entries(record.documents).map(([subjectRef, all]) => {
    const changed = all.map((document) => {
      if (document.kind !== 'medical_certificate' || !isVerified(document)) return document;
      return movePaper([document], event, 'void', {}, document).papers[0] ?? document;
    });
    return [subjectRef, changed] as const;
  });
  return { ...record, documents: Object.fromEntries(documents) };
}

/** The newest verified document of a kind, by its own date; null when none was ever verified or all were voided. */
export function verifiedDocument(record: DotRecord, kind: DocumentKind): DocumentFact | null {
  const ofKind = Object.values(record.documents)
    .flat()
    .filter((document) => document.kind === kind);
  return verifiedPaper(ofKind);
}
