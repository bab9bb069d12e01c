import type { DrugAlcoholRecord } from '#domain/drug-alcohol';
import { isDot, isNegative } from '#domain/drug-alcohol';
import { businessDaysClose } from '../../calendar.ts';
import { fact } from '../../pack.ts';
import type { SignalContext, SignalValues } from '../../pack.ts';
import { nameOf } from './test-signals.ts';

/** Something that 382.705(b) makes the employer report to the Clearinghouse. */
interface Reportable {
  what: string;
  subjectRef: string;
  obtainedAt: string;
  eventId: string | undefined;
}

/**
 * Refusals under 40.191(a)(5) and (7) are reported by the MRO, as are positives, adulterated and substituted results
 * (382.705(a)(1)). A refusal that the DER decided without naming a paragraph is the employer's.
 */
const ofTheMro: readonly (number | null)[] = [5, 7];

/** Everything that is or was to be reported, one member each (382.705(b)(1), (b)(3)). */
export function reportables(record: DrugAlcoholRecord): Reportable[] {
  const found: Reportable[] = [];
  for (const test of Object.values(record.tests)) {
    if (!isDot(test) || test.resultAt === null) continue;
    const alcohol = test.descriptor?.kind === 'alcohol';
    const refusal =
      test.state === 'refusal' &&
      (alcohol || (test.refusalBy === 'der' && !ofTheMro.includes(test.refusalGround)));
    const returned = test.descriptor?.reason === 'return_to_duty' && isNegative(test);
    if (test.state !== 'high' && !refusal && !returned) continue;
    const what = returned ? 'Negative return-to-duty test' : refusal ? 'Refusal' : 'Alcohol 0.04 or more';
    found.push({
      what: `${what} (${nameOf(test).toLowerCase()})`,
      subjectRef: test.subjectRef,
      obtainedAt: test.resultAt,
      eventId: test.by.resultAt,
    });
  }
  for (const { subjectRef, at, eventId, withdrawnAt } of record.knowledge) {
    if (withdrawnAt === null) found.push({ what: 'Actual knowledge', subjectRef, obtainedAt: at, eventId });
  }
  for (const { subjectRef, at, eventId } of record.sap.planCompleted) {
    found.push({ what: 'Completed follow-up plan', subjectRef, obtainedAt: at, eventId });
  }
  return found;
}

export function reportSignals(
  record: DrugAlcoholRecord,
  context: SignalContext<DrugAlcoholRecord>,
): SignalValues[] {
  const days = context.parameter('DA06', 'businessDays');
  return reportables(record)
    .filter(({ subjectRef, obtainedAt }) => (record.clearinghouseReports[subjectRef]?.at ?? '') < obtainedAt)
    .map(({ what, obtainedAt, eventId }) => ({
      reportable: what,
      obtainedAt: fact(Date.parse(obtainedAt), eventId === undefined ? [] : [eventId]),
      reportBy: businessDaysClose(Date.parse(obtainedAt), days, context.person.zone),
    }));
}
