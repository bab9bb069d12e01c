import type { ComplianceEvent } from '#contracts/compliance-event';
import type {
  DrugAlcoholEventType,
  DrugAlcoholPayload,
  TestDescriptor,
} from '#contracts/events/drug-alcohol';
import { closeReviews, withReview, type Applied } from '#domain/folding';
import { step, type Step } from '#platform/state-machine';
import {
  alcoholTestMachine,
  type AlcoholTestState,
  type AlcoholTestTrigger,
} from './alcohol-test-machine.ts';
import { drugTestMachine } from './drug-test-machine.ts';
import type { DrugTestState, DrugTestTrigger } from './drug-test-states.ts';
import type { DrugAlcoholRecord, TestFact } from './record.ts';

export type Trigger = DrugTestTrigger | AlcoholTestTrigger;
type TestEventType = Extract<DrugAlcoholEventType, `test.${string}`>;
type Patch = Partial<TestFact>;

/** What one event asks of a test: a step of its machine (null = none) and the facts it carries. */
export interface Move {
  trigger: Trigger | null;
  patch?: Patch;
  /** Result a correction or reversal says. */
  verified?: 'negative' | 'positive' | 'refusal';
  /** A correction settles what was in conflict. */
  settles?: boolean;
}

export type Reading<T extends TestEventType> = (
  payload: DrugAlcoholPayload<T>,
  event: ComplianceEvent,
  fact: TestFact,
) => Move | { review: string };

const dayMs = 86_400_000;
/** 49 CFR 40.251(a): at least 15 minutes between screening and confirmation. */
const confirmationWaitMs = 15 * 60_000;
/** 49 CFR 40.207(d), 40.149(a). */
const correctionWindowMs = 60 * dayMs;

/** Handler of one test event type: finds or begins the test, learns its descriptor, takes the step. */
export function onTest<T extends TestEventType>(reading: Reading<T>) {
  return (record: DrugAlcoholRecord, payload: DrugAlcoholPayload<T>, event: ComplianceEvent) => {
    const known = record.tests[event.subjectRef] ?? newTest(event);
    const fact = describe(known, payload.test, event);
    const move = reading(payload, event, fact);
    const noted = note(fact, event);
    if ('review' in move) return { record: withTest(record, noted), outcome: move };
    return take(record, noted, move, event);
  };
}

function newTest(event: ComplianceEvent): TestFact {
  return {
    subjectRef: event.subjectRef,
    descriptor: null,
    state: 'ordered',
    reached: 'ordered',
    orderedAt: null,
    notifiedAt: null,
    scheduledFor: null,
    missedAt: null,
    refusalReportedAt: null,
    refusalGround: null,
    refusalBy: null,
    insufficientAt: null,
    evaluationExplained: null,
    collectedAt: null,
    observed: false,
    resultAt: null,
    channel: null,
    dilute: false,
    recollectDirected: false,
    recollectionOf: null,
    cancelCause: null,
    cancelledAt: null,
    splitRequestedAt: null,
    screenedAt: null,
    alc: null,
    nextDutyAt: null,
    safetyLetterAt: null,
    lastEventAt: event.occurredAt,
    vendors: [],
    by: {},
    eventIds: [],
  };
}

/** The first descriptor stays. A breath test has no laboratory: steps noted before its kind was known fall away. */
function describe(fact: TestFact, given: TestDescriptor | undefined, event: ComplianceEvent): TestFact {
  const breath = event.type === 'test.alcohol_screened' || event.type === 'test.alcohol_confirmed';
  const assumed = breath ? ({ dot: true, reason: 'other', kind: 'alcohol' } as const) : null;
  const descriptor = fact.descriptor ?? given ?? assumed;
  if (descriptor === fact.descriptor) return fact;
  const described = { ...fact, descriptor, by: { ...fact.by, descriptor: event.id } };
  const misplaced = descriptor?.kind === 'alcohol' && !(fact.state in alcoholTestMachine.transitions);
  return misplaced ? { ...described, state: 'ordered' } : described;
}

function note(fact: TestFact, event: ComplianceEvent): TestFact {
  const vendor = event.source.vendor;
  return {
    ...fact,
    lastEventAt: event.occurredAt,
    vendors: fact.vendors.includes(vendor) ? fact.vendors : [...fact.vendors, vendor],
    eventIds: [...fact.eventIds, event.id],
  };
}

const withTest = (record: DrugAlcoholRecord, fact: TestFact): DrugAlcoholRecord => ({
  ...record,
  tests: { ...record.tests, [fact.subjectRef]: fact },
});

function take(
  record: DrugAlcoholRecord,
  fact: TestFact,
  move: Move,
  event: ComplianceEvent,
): Applied<DrugAlcoholRecord> {
  const patch = move.patch ?? {};
  if (move.trigger === null) {
    return { record: withTest(record, set(fact, patch, event.id)), outcome: 'applied' };
  }
  const result = stepTest(fact, move, event);
  if (result.outcome === 'applied') {
    const next = withTest(record, set(fact, { ...patch, state: result.state }, event.id));
    return { record: move.settles ? closeReviews(next, fact.subjectRef) : next, outcome: 'applied' };
  }
  if (result.outcome === 'duplicate') return learn(record, fact, patch, event);
  return { record: contested(withTest(record, fact), move, result, event), outcome: result.outcome };
}

/** A late or repeated event still tells what was not known yet. */
function learn(
  record: DrugAlcoholRecord,
  fact: TestFact,
  patch: Patch,
  event: ComplianceEvent,
): Applied<DrugAlcoholRecord> {
  const fresh = Object.fromEntries(
    Object.entries(patch).filter(([field, value]) => {
      if (field === 'reached') return true;
      const known = fact[field as keyof TestFact];
      return (known === null || known === false) && value !== null && value !== false;
    }),
  );
  const news = Object.keys(fresh).some((field) => field !== 'reached');
  return { record: withTest(record, set(fact, fresh, event.id)), outcome: news ? 'applied' : 'duplicate' };
}

/** Two results without a correction mark: refused, and a person must look (40.149(a)). */
function contested(
  record: DrugAlcoholRecord,
  move: Move,
  result: Step<string>,
  event: ComplianceEvent,
): DrugAlcoholRecord {
  const isResult = move.trigger?.startsWith('mro_') || move.trigger?.startsWith('confirm_');
  if (!isResult || typeof result.outcome !== 'object' || !('refused' in result.outcome)) return record;
  return withReview(record, event, `a second result without a correction mark: ${result.outcome.refused}`);
}

function set(fact: TestFact, patch: Patch, eventId: string): TestFact {
  const by = { ...fact.by };
  for (const field of Object.keys(patch)) by[field] = eventId;
  return { ...fact, ...patch, by };
}

function stepTest(fact: TestFact, move: Move, event: ComplianceEvent): Step<TestFact['state']> {
  return fact.descriptor?.kind === 'alcohol' ? stepAlcohol(fact, move, event) : stepDrug(fact, move, event);
}

function stepDrug(fact: TestFact, move: Move, event: ComplianceEvent): Step<DrugTestState> {
  const trigger = move.trigger as DrugTestTrigger;
  const state = fact.state as DrugTestState;
  if (!(trigger in drugTestMachine.transitions[state])) {
    return { state, outcome: { review: 'a breath alcohol result on a drug test' } };
  }
  const cancelledMs = Date.parse(fact.cancelledAt ?? event.occurredAt);
  const reversible =
    fact.cancelCause === 'correctable' && Date.parse(event.occurredAt) <= cancelledMs + correctionWindowMs;
  const hadSpecimen = fact.collectedAt !== null || ['collected', 'at_lab', 'with_mro'].includes(fact.reached);
  return step(drugTestMachine, state, trigger, {
    verified: () => (move.verified === 'refusal' ? 'refusal' : 'positive'),
    reversed: () => (reversible ? (move.verified ?? 'negative') : '!not_correctable'),
    step_before: () =>
      fact.reached === 'ordered' || fact.reached === 'screened' ? 'scheduled' : fact.reached,
    specimen_cancelled: () => (hadSpecimen ? 'cancelled' : '!nothing_verified'),
  });
}

/** Words of drug testing on a breath test, and what they mean there. */
const onBreathTest: Partial<Record<DrugTestTrigger, AlcoholTestTrigger>> = {
  mro_cancel: 'cancel',
  cancel_verified: 'cancel_result',
};

function stepAlcohol(fact: TestFact, move: Move, event: ComplianceEvent): Step<AlcoholTestState> {
  const state = fact.state as AlcoholTestState;
  const row = alcoholTestMachine.transitions[state];
  const named = move.trigger!;
  const translated = onBreathTest[named as DrugTestTrigger] ?? named;
  const trigger = translated in row ? (translated as AlcoholTestTrigger) : 'foreign';
  const screenedMs = fact.screenedAt === null ? null : Date.parse(fact.screenedAt);
  const tooEarly = screenedMs !== null && Date.parse(event.occurredAt) - screenedMs < confirmationWaitMs;
  return step(alcoholTestMachine, state, trigger, {
    step_before: () => (fact.screenedAt === null ? 'scheduled' : 'screened'),
    confirmed_below: () => (tooEarly ? '?' : 'below_limit'),
    confirmed_low: () => (tooEarly ? '?' : 'low'),
    confirmed_high: () => (tooEarly ? '?' : 'high'),
  });
}
