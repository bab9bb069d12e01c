import type { ComplianceEvent } from '#contracts/compliance-event';
import type { BackgroundEventType, BackgroundPayload } from '#contracts/events/background';
import { closeReviews, withReview, type Applied } from '#domain/folding';
import { step, type Step } from '#platform/state-machine';
import type { BackgroundRecord, OrderFact } from './record.ts';
import { reportMachine } from './report-machine.ts';
import type { ReportState, ReportTrigger } from './report-states.ts';

type OrderEventType = Exclude<BackgroundEventType, 'disclosure.given' | 'authorisation.given'>;
type Patch = Partial<OrderFact>;

/** What one event asks of an order: a step (null = none) and the facts it carries. */
export interface Move {
  trigger: ReportTrigger | null;
  patch?: Patch;
  /** Applied although the machine says "stay", because it restarts or completes something. */
  always?: boolean;
  /** Applied, and a person must look at it. */
  asks?: string;
}

export type Reading<T extends OrderEventType> = (
  payload: BackgroundPayload<T>,
  event: ComplianceEvent,
  fact: OrderFact,
) => Move | { review: string };

/** Handler of one order event type: finds or begins the order, takes the step. */
export function onOrder<T extends OrderEventType>(reading: Reading<T>) {
  return (record: BackgroundRecord, payload: BackgroundPayload<T>, event: ComplianceEvent) => {
    const fact = noted(record.orders[event.subjectRef] ?? newOrder(event), event);
    const move = reading(payload, event, fact);
    if ('review' in move) return { record: withOrder(record, fact), outcome: move };
    return take(record, fact, move, event);
  };
}

/** An order that a vendor speaks of first was placed there: it begins as pending. */
function newOrder(event: ComplianceEvent): OrderFact {
  return {
    subjectRef: event.subjectRef,
    state: event.source.vendor === 'app' ? 'draft' : 'pending',
    package: null,
    source: 'order',
    truckingApplicant: false,
    orderedAt: event.occurredAt,
    suspendedWord: null,
    result: null,
    includesCanceled: false,
    completedAt: null,
    revisedAt: null,
    decidedAt: null,
    condition: null,
    preSentAt: null,
    preDeliveredAt: null,
    undeliveredAt: null,
    disputedAt: null,
    disputeReceivedAt: null,
    disputeNewFacts: false,
    finalNoticeAt: null,
    truckingActionAt: null,
    truckingNoticeAt: null,
    reopened: null,
    lastEventAt: event.occurredAt,
    vendors: [],
    by: {},
    eventIds: [],
  };
}

function noted(fact: OrderFact, event: ComplianceEvent): OrderFact {
  const vendor = event.source.vendor;
  return {
    ...fact,
    lastEventAt: event.occurredAt,
    vendors: fact.vendors.includes(vendor) ? fact.vendors : [...fact.vendors, vendor],
    eventIds: fact.eventIds.at(-1) === event.id ? fact.eventIds : [...fact.eventIds, event.id],
  };
}

const withOrder = (record: BackgroundRecord, fact: OrderFact): BackgroundRecord => ({
  ...record,
  orders: { ...record.orders, [fact.subjectRef]: fact },
});

/** Decisions settle what was open on the order. */
const decisions: readonly (ReportTrigger | null)[] = [
  'approve',
  'condition',
  'pre_notice',
  'trucking_action',
  'final',
];

function take(
  record: BackgroundRecord,
  fact: OrderFact,
  move: Move,
  event: ComplianceEvent,
): Applied<BackgroundRecord> {
  const result = move.trigger === null ? stays(fact) : stepOrder(record, fact, move, move.trigger);
  const accepted =
    result.outcome === 'applied' || (result.outcome === 'duplicate' && (move.always || !move.trigger));
  if (!accepted) {
    const kept = withOrder(record, fact);
    return { record: claimedByVendor(kept, move, result, event), outcome: result.outcome };
  }
  const reopened = move.trigger === 'revise' ? reopening(fact, result.state, move, event) : null;
  const patch = { ...move.patch, state: result.state, ...(reopened ? { reopened } : {}) };
  const next = withOrder(record, set(fact, patch, event.id));
  const settled = decisions.includes(move.trigger) ? settle(next, fact.subjectRef) : next;
  const asks = reopened ? 'the result changed after a decision' : move.asks;
  return { record: settled, outcome: asks === undefined ? 'applied' : { review: asks } };
}

const stays = (fact: OrderFact): Step<ReportState> => ({ state: fact.state, outcome: 'duplicate' });

function settle(record: BackgroundRecord, subjectRef: string): BackgroundRecord {
  const fact = record.orders[subjectRef]!;
  return closeReviews(withOrder(record, { ...fact, reopened: null }), subjectRef);
}

/** A vendor's word for adverse action counts only with the notices on file: else a person must look. */
const adverseSteps: readonly (ReportTrigger | null)[] = ['pre_notice', 'trucking_action', 'final'];

function claimedByVendor(
  record: BackgroundRecord,
  move: Move,
  result: Step<ReportState>,
  event: ComplianceEvent,
): BackgroundRecord {
  const refused = typeof result.outcome === 'object' && 'refused' in result.outcome;
  if (!refused || event.source.vendor === 'app' || !adverseSteps.includes(move.trigger)) return record;
  return withReview(record, event, `${event.source.vendor} reports a decision that is not on file here`);
}

function set(fact: OrderFact, patch: Patch, eventId: string): OrderFact {
  const by = { ...fact.by };
  for (const field of Object.keys(patch)) by[field] = eventId;
  return { ...fact, ...patch, by };
}

const heldBy: Partial<Record<ReportState, 'any' | 'applicant'>> = {
  pre_adverse: 'applicant',
  decision_due: 'applicant',
  dispute: 'applicant',
  final_adverse: 'any',
  trucking_action: 'any',
  trucking_notified: 'any',
};
const decided: readonly ReportState[] = [
  'approved',
  'conditional',
  'pre_adverse',
  'decision_due',
  'dispute',
  'final_adverse',
  'trucking_action',
  'trucking_notified',
];

function reopening(fact: OrderFact, state: ReportState, move: Move, event: ComplianceEvent) {
  const changed = move.patch?.result !== fact.result;
  if (!decided.includes(fact.state) || !changed || state === fact.state) return null;
  return { eventId: event.id, held: heldBy[fact.state] ?? ('none' as const) };
}

function stepOrder(
  record: BackgroundRecord,
  fact: OrderFact,
  move: Move,
  trigger: ReportTrigger,
): Step<ReportState> {
  const result = move.patch?.result ?? fact.result;
  const byResult = result === 'clear' ? 'clear' : result === 'consider' ? 'adjudication' : '?';
  const unlessSame = (state: ReportState) => () => (result === fact.result ? state : byResult);
  return step(reportMachine, fact.state, trigger, {
    order: () => (record.authorisation === null ? '!not_authorised' : 'pending'),
    trucking: () => (fact.truckingApplicant ? 'trucking_action' : '!wrong_branch'),
    wait_anew: () => 'pre_adverse',
    after_dispute: () =>
      result === 'clear' ? 'clear' : fact.preSentAt === null ? 'adjudication' : 'pre_adverse',
    by_result: () => byResult,
    by_result_approved: unlessSame('approved'),
    by_result_conditional: unlessSame('conditional'),
    by_result_final: unlessSame('final_adverse'),
    by_result_trucking: unlessSame(fact.state),
  });
}
