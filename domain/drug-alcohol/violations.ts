import type { DrugAlcoholRecord, TestFact } from './record.ts';

export interface Violation {
  kind: 'positive' | 'refusal' | 'alcohol' | 'actual_knowledge';
  subjectRef: string;
  /** ISO instant at which the employer got it. */
  at: string;
  eventIds: readonly string[];
}

export const isDot = (test: TestFact): boolean => test.descriptor?.dot !== false;
export const isNegative = (test: TestFact): boolean =>
  test.state === 'negative' || test.state === 'below_limit';

const violationKinds: Partial<Record<TestFact['state'], Violation['kind']>> = {
  positive: 'positive',
  refusal: 'refusal',
  high: 'alcohol',
};

/** Every violation of 49 CFR part 382 subpart B that stands, oldest first. A request for the split does not wait. */
export function standingViolations(record: DrugAlcoholRecord): Violation[] {
  const found: Violation[] = [];
  for (const test of Object.values(record.tests)) {
    const kind = violationKinds[test.state];
    if (kind === undefined || !isDot(test)) continue;
    const at = test.resultAt ?? test.lastEventAt;
    found.push({ kind, subjectRef: test.subjectRef, at, eventIds: test.by.state ? [test.by.state] : [] });
  }
  for (const known of record.knowledge) {
    if (known.withdrawnAt !== null) continue;
    const { subjectRef, at, eventId } = known;
    found.push({ kind: 'actual_knowledge', subjectRef, at, eventIds: [eventId] });
  }
  return found.toSorted((a, b) => a.at.localeCompare(b.at));
}

/** open → SAP evaluated → SAP complied → negative return-to-duty test → follow-up → done (40.285 to 40.309). */
export type ReturnStage = 'none' | 'open' | 'evaluated' | 'complied' | 'follow_up' | 'done';

export interface ReturnProcess {
  stage: ReturnStage;
  /** The last violation that stands: the process begins anew with each. */
  violation: Violation | null;
  plan: { followUpTests: number; months: number; eventId: string } | null;
  /** The negative return-to-duty test that ended the hold. */
  returnTest: TestFact | null;
}

/** Where the return to duty stands after the last violation. A violation that fell away takes its process with it. */
export function returnStage(record: DrugAlcoholRecord): ReturnProcess {
  const violation = standingViolations(record).at(-1) ?? null;
  if (!violation) return { stage: 'none', violation, plan: null, returnTest: null };
  const evaluated = record.sap.evaluated.find((report) => report.at > violation.at);
  if (!evaluated) return { stage: 'open', violation, plan: null, returnTest: null };
  const complied = record.sap.complied.find((report) => report.at >= evaluated.at);
  if (!complied) return { stage: 'evaluated', violation, plan: null, returnTest: null };
  const plan = { followUpTests: complied.followUpTests, months: complied.months, eventId: complied.eventId };
  const returnTest = returnTestAfter(record, complied.at);
  if (!returnTest) return { stage: 'complied', violation, plan, returnTest: null };
  const done = record.sap.planCompleted.some((report) => report.at >= returnTest.resultAt!);
  return { stage: done ? 'done' : 'follow_up', violation, plan, returnTest };
}

/** 40.305(a): the return-to-duty test is taken after the SAP reported compliance. */
function returnTestAfter(record: DrugAlcoholRecord, compliedAt: string): TestFact | null {
  const candidates = Object.values(record.tests).filter(
    (test) =>
      test.descriptor?.reason === 'return_to_duty' &&
      isDot(test) &&
      isNegative(test) &&
      test.resultAt !== null &&
      (test.collectedAt ?? test.resultAt) > compliedAt,
  );
  return candidates.toSorted((a, b) => a.resultAt!.localeCompare(b.resultAt!))[0] ?? null;
}
