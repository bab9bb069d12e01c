import type { DrugAlcoholRecord, TestFact } from '#domain/drug-alcohol';
import { emptyRecord, isDot, isNegative, returnStage } from '#domain/drug-alcohol';
import type { EpochMs } from '#contracts/time';
import { addDays, addMonths, dateAt, daysBetween, startOfDay, validThrough } from '../../calendar.ts';
import { fact } from '../../pack.ts';
import type { Derived, SignalContext, SignalDeclarations, SignalValues } from '../../pack.ts';
import { dutyMonthsEnd } from './duty-clock.ts';
import { crashSignals, suspicionSignals } from './incident-signals.ts';
import { reportSignals } from './reportable.ts';
import { ms, testSignals } from './test-signals.ts';

export const declarations: SignalDeclarations = {
  covered: { kind: 'yes_no', title: 'Covered by 49 CFR part 382' },
  fmcsa: { kind: 'yes_no', title: 'Under FMCSA' },
  violationOpen: { kind: 'yes_no', title: 'Open violation' },
  violation: { kind: 'word', title: 'Violation' },
  violationAt: { kind: 'instant', title: 'Violation reported' },
  returnStage: { kind: 'word', title: 'Return to duty' },
  preEmploymentClear: { kind: 'yes_no', title: 'Negative pre-employment test or exception in this period' },
  preEmploymentSeen: { kind: 'yes_no', title: 'Any pre-employment test on record' },
  poolTestFrom: { kind: 'instant', title: 'Out of all pools for more than 30 days since' },
  notCleared: { kind: 'word', title: 'Why not cleared' },
  followUpShort: { kind: 'yes_no', title: 'Follow-up testing incomplete' },
  planEndsAt: { kind: 'last_day', title: 'Last day of 12 months of duty since the return' },
  paceBy: { kind: 'last_day', title: 'Next follow-up test by' },
  admissionAt: { kind: 'instant', title: 'Self-admission' },
  reviewCount: { kind: 'number', title: 'Entries waiting for a person' },
  reviewReason: { kind: 'word', title: 'What is not understood' },
  policySigned: { kind: 'yes_no', title: 'Policy receipt signed' },
  diluteRetestOpen: { kind: 'yes_no', title: 'Negative-dilute without a second test' },
  test: { kind: 'word', title: 'Test' },
  testDot: { kind: 'yes_no', title: 'DOT test' },
  testReason: { kind: 'word', title: 'Reason for test' },
  testKind: { kind: 'word', title: 'Kind of test' },
  testState: { kind: 'word', title: 'State of test' },
  resultAt: { kind: 'instant', title: 'Result reported' },
  alc: { kind: 'number', title: 'Alcohol, g/210 l' },
  offDuty: { kind: 'word', title: 'Off duty until' },
  offDutyUntil: { kind: 'instant', title: 'Off duty until' },
  recollect: { kind: 'word', title: 'Collect again because' },
  recollectMasked: { kind: 'yes_no', title: 'Recollection without notice' },
  missedAt: { kind: 'instant', title: 'No-show or refusal reported' },
  preEmploymentNoShow: { kind: 'yes_no', title: 'No-show before employment' },
  decideBy: { kind: 'instant', title: 'DER decides by' },
  evaluateBy: { kind: 'last_day', title: 'Medical evaluation by' },
  safetyLetterAt: { kind: 'instant', title: "MRO's safety letter" },
  silentFrom: { kind: 'instant', title: 'Counts as silent from' },
  silentWith: { kind: 'word', title: 'Source' },
  diluteUndirected: { kind: 'yes_no', title: 'Negative-dilute, nothing directed' },
  substance: { kind: 'word', title: 'Substance' },
  crashAt: { kind: 'instant', title: 'Accident' },
  crashTestBy: { kind: 'instant', title: 'Test possible until' },
  crashNoteBy: { kind: 'instant', title: 'Write down why there is no test by' },
  suspectedAt: { kind: 'instant', title: 'Suspicion of alcohol' },
  suspicionUntil: { kind: 'instant', title: 'Off duty until' },
  suspicionSigned: { kind: 'yes_no', title: 'Record of the suspicion signed' },
  reportable: { kind: 'word', title: 'To be reported to the Clearinghouse' },
  obtainedAt: { kind: 'instant', title: 'Obtained' },
  reportBy: { kind: 'instant', title: 'Report by' },
};

type Context = SignalContext<DrugAlcoholRecord>;

/** Signals of the drug and alcohol rules: the arithmetic of 49 CFR parts 40 and 382. */
export function derive(context: Context): Derived {
  const { person } = context;
  const record = context.record ?? emptyRecord();
  const covered = person.requirements.drugAlcohol?.covered ?? false;
  const tests = Object.values(record.tests).map((test) => testSignals(test, record, context));
  return {
    signals: {
      covered,
      fmcsa: covered && (person.requirements.drugAlcohol?.agency ?? 'FMCSA') === 'FMCSA',
      ...violationSignals(record),
      ...preEmploymentSignals(record, context),
      ...planSignals(record, context),
      ...paperSignals(record),
      diluteRetestOpen: tests.some((signals) => signals.diluteUndirected === true),
    },
    scopes: {
      test: tests,
      crash: crashSignals(record, context),
      suspicion: suspicionSignals(record, context),
      report: reportSignals(record, context),
    },
  };
}

const violationWords = {
  positive: 'Verified positive drug test',
  refusal: 'Refusal to test',
  alcohol: 'Alcohol concentration of 0.04 or more',
  actual_knowledge: 'Actual knowledge of prohibited use',
} as const;

/** Closed only by SAP compliance and a LATER negative return-to-duty test (40.305(a)). */
function violationSignals(record: DrugAlcoholRecord): SignalValues {
  const { stage, violation } = returnStage(record);
  const open = stage === 'open' || stage === 'evaluated' || stage === 'complied';
  const eventIds = violation?.eventIds ?? [];
  return {
    violationOpen: fact(open, eventIds),
    violation: fact(violation ? violationWords[violation.kind] : null, eventIds),
    violationAt: fact(ms(violation?.at), eventIds),
    returnStage: stage,
  };
}

/** 382.301: a negative pre-employment drug test of the present period of employment, or a documented exception. */
function preEmploymentSignals(record: DrugAlcoholRecord, context: Context): SignalValues {
  const sinceMs = periodStart(context);
  const all = Object.values(record.tests).filter(
    (test) => test.descriptor?.reason === 'pre_employment' && test.descriptor.kind === 'drug' && isDot(test),
  );
  const negatives = all.filter((test) => isNegative(test) && takenMs(test) >= sinceMs);
  const excepted = exceptionHolds(record, context, sinceMs);
  const eventIds = negatives.length > 0 ? negatives.map((test) => test.by.state ?? '') : excepted;
  const poolMs = poolTestFrom(record, negatives, context);
  return {
    preEmploymentClear: fact(negatives.length > 0 || excepted.length > 0, eventIds.filter(Boolean)),
    preEmploymentSeen: all.length > 0 || record.exception !== null,
    poolTestFrom: poolMs,
    notCleared:
      negatives.length > 0 && poolMs !== null
        ? 'Out of every random pool for more than 30 days and not tested since'
        : 'No negative pre-employment drug test from the MRO in this period of employment and no documented exception',
  };
}

const takenMs = (test: TestFact): EpochMs =>
  Date.parse(test.collectedAt ?? test.resultAt ?? test.lastEventAt);

/** End of the last employment period before the present one; an applicant's is the last one of all. */
function periodStart({ person, atMs }: Context): EpochMs {
  const ended = person.periods
    .map((period) => (period.to === null ? null : validThrough(period.to, person.zone)))
    .filter((end) => end !== null && end <= atMs);
  return ended.at(-1) ?? -Infinity;
}

/** 382.301(b): left the programme within 30 days, tested in 6 months or in a pool for 12, no known violation. */
function exceptionHolds(record: DrugAlcoholRecord, context: Context, sinceMs: EpochMs): string[] {
  const { exception } = record;
  if (!exception || Date.parse(exception.at) < sinceMs) return [];
  const documentedOn = dateAt(Date.parse(exception.at), context.person.zone);
  const recent =
    daysBetween(exception.programmeLeftOn, documentedOn) <= context.parameter('DA04', 'programmeDays');
  const tested = exception.testedWithinSixMonths || exception.inPoolTwelveMonths;
  return recent && tested && exception.noKnownViolation ? [exception.eventId] : [];
}

/** Out of every random pool for more than 30 days: a new pre-employment test before safety-sensitive work. */
function poolTestFrom(
  record: DrugAlcoholRecord,
  negatives: readonly TestFact[],
  context: Context,
): EpochMs | null {
  const { pool } = record;
  if (!pool) return null;
  const { zone } = context.person;
  const fromMs = startOfDay(addDays(pool.leftOn, context.parameter('DA04', 'poolDays') + 1), zone);
  if (pool.rejoinedOn !== null && startOfDay(pool.rejoinedOn, zone) < fromMs) return null;
  const testedSince = negatives.some((test) => takenMs(test) >= startOfDay(pool.leftOn, zone));
  return testedSince ? null : fromMs;
}

/** The follow-up plan of 40.307(d) and the clock of duty that it runs on. */
function planSignals(record: DrugAlcoholRecord, context: Context): SignalValues {
  const { stage, plan, returnTest } = returnStage(record);
  if (stage !== 'follow_up' || !plan || !returnTest?.resultAt) return { followUpShort: false };
  const { zone } = context.person;
  const returnedMs = Date.parse(returnTest.resultAt);
  const wanted = Math.max(plan.followUpTests, context.parameter('DA05', 'leastTests'));
  const done = followUpDays(record, returnedMs, zone);
  if (done >= wanted) return { followUpShort: false };
  const months = context.parameter('DA05', 'months');
  const paceMonths = Math.floor(((done + 1) * months) / wanted);
  return {
    followUpShort: fact(true, [plan.eventId]),
    planEndsAt: fact(
      dutyMonthsEnd(dutyIntervals(record, returnTest.resultAt, context), returnedMs, months, zone),
      [plan.eventId],
    ),
    paceBy: validThrough(addMonths(dateAt(returnedMs, zone), paceMonths), zone),
  };
}

/** Days with a valid follow-up test: randoms and cancelled tests do not count, a drug test must be observed. */
function followUpDays(record: DrugAlcoholRecord, returnedMs: EpochMs, zone: string): number {
  const valid = Object.values(record.tests).filter(
    (test) =>
      test.descriptor?.reason === 'follow_up' &&
      isDot(test) &&
      isNegative(test) &&
      (test.observed || test.descriptor.kind === 'alcohol') &&
      takenMs(test) > returnedMs,
  );
  return new Set(valid.map((test) => dateAt(takenMs(test), zone))).size;
}

/** Without any word on duty the person counts as on duty since the return, while active. */
function dutyIntervals(record: DrugAlcoholRecord, returnedAt: string, { person }: Context) {
  const { intervals } = record.duty;
  if (intervals.length > 0 || person.phase !== 'active') return intervals;
  return [{ from: returnedAt, to: null }];
}

function paperSignals(record: DrugAlcoholRecord): SignalValues {
  const open = Object.values(record.selfAdmissions).find(
    ({ qualified, completedAt }) => qualified && completedAt === null,
  );
  const unclear = Object.values(record.tests).filter(
    (test) => test.resultAt !== null && (test.descriptor === null || test.descriptor.reason === 'other'),
  );
  const reviewIds = [
    ...record.reviews.map(({ eventId }) => eventId),
    ...unclear.map((test) => test.by.resultAt ?? ''),
  ].filter(Boolean);
  const [review] = record.reviews;
  return {
    admissionAt: fact(ms(open?.at), open ? [open.eventId] : []),
    reviewCount: fact(record.reviews.length + unclear.length, reviewIds),
    reviewReason:
      review?.reason ?? (unclear.length > 0 ? 'a result without a known reason for the test' : null),
    policySigned: fact(
      record.policyReceipt !== null,
      record.policyReceipt ? [record.policyReceipt.eventId] : [],
    ),
  };
}
