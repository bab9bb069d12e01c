import * as z from 'zod';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { dateSchema, instantSchema, type CalendarDate, type Instant } from '#contracts/time';
import type { EventOutcome } from '#domain/folding';
import { step } from '#platform/state-machine';
import {
  documentMachine,
  documentStates,
  type DocumentState,
  type DocumentTrigger,
} from './document-machine.ts';

/** What every paper carries. `on` = when the thing itself was done; `expiresOn` inclusive, null = does not end. */
export const paperSchema = z.object({
  state: z.enum(documentStates),
  uploadedAt: instantSchema.nullable(),
  /** Of the reading, 0–1. */
  confidence: z.number().nullable(),
  on: dateSchema.nullable(),
  expiresOn: dateSchema.nullable(),
  verifiedBy: z.string().nullable(),
  reason: z.string().nullable(),
  eventIds: z.array(z.string()),
});
export type Paper = z.infer<typeof paperSchema>;

/** Generations of one paper, oldest first, after one event. */
export interface PaperStep<P extends Paper> {
  papers: P[];
  outcome: EventOutcome;
}

const verifiedStates: ReadonlySet<DocumentState> = new Set(['active', 'expiring', 'expired']);
/** A new upload does not replace these but starts a generation beside them. */
const settledStates: ReadonlySet<DocumentState> = new Set([
  ...verifiedStates,
  'void',
  'superseded',
  'not_required',
]);

export function newPaper(state: DocumentState): Paper {
  return {
    state,
    uploadedAt: null,
    confidence: null,
    on: null,
    expiresOn: null,
    verifiedBy: null,
    reason: null,
    eventIds: [],
  };
}

export const isVerified = (paper: Paper): boolean => verifiedStates.has(paper.state);

/**
 * The state on a calendar day of the person's zone: `expiring` from `warnFrom`, `expired` from the day after the last
 * valid one. States that are not verified do not depend on the day.
 */
export function documentStateOn(paper: Paper, today: CalendarDate, warnFrom: CalendarDate): DocumentState {
  if (!isVerified(paper) || paper.expiresOn === null) return paper.state;
  if (today > paper.expiresOn) return 'expired';
  return today >= warnFrom ? 'expiring' : 'active';
}

function stepPaper(paper: Paper, trigger: DocumentTrigger, today: CalendarDate) {
  return step(documentMachine, paper.state, trigger, {
    by_date: () => (paper.expiresOn !== null && today > paper.expiresOn ? 'expired' : 'active'),
    new_upload: () => '=',
  });
}

const utcDate = (event: ComplianceEvent): CalendarDate => event.occurredAt.slice(0, 10);

/** One trigger on the newest generation, with the facts it brings if it is accepted. `fresh` = what a paper nobody knew starts as. */
export function movePaper<P extends Paper>(
  papers: readonly P[],
  event: ComplianceEvent,
  trigger: DocumentTrigger,
  facts: Partial<P>,
  fresh: P,
): PaperStep<P> {
  const newest = papers.at(-1) ?? fresh;
  const withFacts: P = { ...newest, ...facts, eventIds: [...newest.eventIds, event.id] };
  const result = stepPaper(withFacts, trigger, utcDate(event));
  if (result.outcome !== 'applied') return { papers: [...papers], outcome: result.outcome };
  return { papers: [...papers.slice(0, -1), { ...withFacts, state: result.state }], outcome: 'applied' };
}

export function requirePaper<P extends Paper>(
  papers: readonly P[],
  event: ComplianceEvent,
  fresh: P,
): PaperStep<P> {
  if (papers.length === 0) return { papers: [{ ...fresh, eventIds: [event.id] }], outcome: 'applied' };
  return movePaper(papers, event, 'require', {}, fresh);
}

/** On a settled paper the old record stays as it is and a new generation starts in `uploaded`. */
export function uploadPaper<P extends Paper>(
  papers: readonly P[],
  event: ComplianceEvent,
  uploadedAt: Instant,
  fresh: P,
): PaperStep<P> {
  const newest = papers.at(-1);
  if (newest && settledStates.has(newest.state)) {
    const next: P = { ...fresh, state: 'uploaded', uploadedAt, eventIds: [event.id] };
    return { papers: [...papers, next], outcome: 'applied' };
  }
  return movePaper(papers, event, 'upload', { uploadedAt, reason: null } as Partial<P>, fresh);
}

/** Verifying the newest generation supersedes the ones before it. */
export function verifyPaper<P extends Paper>(
  papers: readonly P[],
  event: ComplianceEvent,
  facts: Partial<P>,
  fresh: P,
): PaperStep<P> {
  const moved = movePaper(papers, event, 'verify', facts, fresh);
  if (moved.outcome !== 'applied') return moved;
  const last = moved.papers.length - 1;
  const superseded = moved.papers.map((paper, index) =>
    index < last ? { ...paper, state: stepPaper(paper, 'succeed', utcDate(event)).state } : paper,
  );
  return { papers: superseded, outcome: 'applied' };
}

/** The newest verified paper by its own date; null when none was ever verified or all were voided. */
export function verifiedPaper<P extends Paper>(papers: readonly P[]): P | null {
  let newest: P | null = null;
  for (const paper of papers) {
    if (isVerified(paper) && (newest === null || (paper.on ?? '') >= (newest.on ?? ''))) newest = paper;
  }
  return newest;
}
