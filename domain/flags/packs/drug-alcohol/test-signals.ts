import type { DrugAlcoholRecord, TestFact } from '#domain/drug-alcohol';
import type { EpochMs } from '#contracts/time';
import {
  addBusinessDays,
  addDays,
  atHour,
  dateAt,
  addHours,
  dayMs,
  localMinute,
  validThrough,
} from '../../calendar.ts';
import { fact } from '../../pack.ts';
import type { Fact, SignalContext, SignalValues } from '../../pack.ts';
import { staleFrom } from '../../sources.ts';

export const ms = (instant: string | null | undefined): EpochMs | null =>
  instant === null || instant === undefined ? null : Date.parse(instant);

/** A field of a test with the event that set it. */
export function field(test: TestFact, name: keyof TestFact, value: Fact['value']): Fact {
  const eventId = test.by[name];
  return fact(value, eventId === undefined ? [] : [eventId]);
}

const reasonWords: Record<string, string> = {
  pre_employment: 'Pre-employment',
  random: 'Random',
  post_accident: 'Post-accident',
  reasonable_suspicion: 'Reasonable-suspicion',
  return_to_duty: 'Return-to-duty',
  follow_up: 'Follow-up',
  other: 'Unclassified',
};

export function nameOf(test: TestFact): string {
  const { descriptor } = test;
  if (!descriptor) return 'Test of unknown kind';
  const company = descriptor.dot ? '' : 'company ';
  return `${reasonWords[descriptor.reason]} ${company}${descriptor.kind} test`;
}

const waiting: readonly TestFact['state'][] = ['collected', 'at_lab', 'with_mro', 'screened'];
const notBegun: readonly TestFact['state'][] = ['ordered', 'scheduled'];
const mustBeNegative: readonly string[] = ['pre_employment', 'return_to_duty', 'follow_up'];

/** Signals of one test. */
export function testSignals(
  test: TestFact,
  record: DrugAlcoholRecord,
  context: SignalContext<DrugAlcoholRecord>,
): SignalValues {
  const { zone } = context.person;
  const reason = test.descriptor?.reason ?? 'other';
  const resultMs = ms(test.resultAt);
  const missedMs = ms(test.refusalReportedAt ?? test.missedAt);
  const insufficientMs = ms(test.insufficientAt);
  const offDutyMs = offDutyUntil(test, record, context);
  const evaluationDays = context.parameter('DA11', 'evaluationDays');
  return {
    test: nameOf(test),
    testDot: field(test, 'descriptor', test.descriptor?.dot ?? true),
    testReason: field(test, 'descriptor', reason),
    testKind: field(test, 'descriptor', test.descriptor?.kind ?? 'drug'),
    testState: field(test, 'state', test.state),
    resultAt: field(test, 'resultAt', resultMs),
    alc: field(test, 'alc', test.alc),
    offDutyUntil: field(test, 'alc', offDutyMs),
    offDuty:
      offDutyMs === null ? 'the next duty is known and 24 hours have passed' : localMinute(offDutyMs, zone),
    recollect: recollection(test, record),
    recollectMasked: maskedRecollection(test),
    missedAt: field(test, test.refusalReportedAt ? 'refusalReportedAt' : 'missedAt', missedMs),
    preEmploymentNoShow: reason === 'pre_employment' && test.refusalReportedAt === null,
    decideBy: missedMs === null ? null : atHour(addBusinessDays(dateAt(missedMs, zone), 1), 17, zone),
    evaluateBy:
      insufficientMs === null
        ? null
        : validThrough(addDays(dateAt(insufficientMs, zone), evaluationDays), zone),
    safetyLetterAt: field(test, 'safetyLetterAt', ms(test.safetyLetterAt)),
    silentFrom: field(test, 'state', silentFrom(test, context)),
    silentWith: test.vendors.join(', '),
    diluteUndirected: test.state === 'negative' && test.dilute && !test.recollectDirected,
  };
}

/**
 * 382.505(a): the later of the next regularly scheduled duty and 24 hours after the test; null = duty not known,
 * the person stays off duty.
 */
function offDutyUntil(
  test: TestFact,
  record: DrugAlcoholRecord,
  context: SignalContext<DrugAlcoholRecord>,
): EpochMs | null {
  const testedMs = ms(test.resultAt);
  if (test.state !== 'low' || testedMs === null) return null;
  const announced = record.duty.scheduled.map(({ at }) => Date.parse(at)).filter((at) => at >= testedMs);
  const dutyMs = ms(test.nextDutyAt) ?? (announced.length > 0 ? Math.min(...announced) : null);
  if (dutyMs === null) return null;
  return Math.max(dutyMs, addHours(testedMs, context.parameter('DA02', 'offDutyHours')));
}

/** Why the test must be collected again (DA08), unless a later collection for it exists; null = it need not. */
function recollection(test: TestFact, record: DrugAlcoholRecord): Fact {
  const why = recollectionCause(test);
  const cause = field(test, 'state', why);
  if (why === null || collectedAgain(test, record)) return fact(null);
  return cause;
}

function recollectionCause(test: TestFact): string | null {
  if (test.descriptor?.dot === false) return null;
  if (test.state === 'cancelled') {
    if (test.cancelCause === 'invalid_unexplained') return 'invalid without explanation';
    if (test.cancelCause === 'split_untestable') return 'split specimen not available';
    if (test.cancelCause === 'split_invalid') return 'split specimen invalid';
    const needed = mustBeNegative.includes(test.descriptor?.reason ?? 'other');
    return needed ? 'cancelled where a negative result is required' : null;
  }
  if (test.state === 'negative' && test.dilute && test.recollectDirected) {
    return 'negative-dilute, recollection directed by the MRO';
  }
  return null;
}

function collectedAgain(test: TestFact, record: DrugAlcoholRecord): boolean {
  const since = test.resultAt ?? test.lastEventAt;
  return Object.values(record.tests).some(
    (other) =>
      other.subjectRef !== test.subjectRef &&
      (other.collectedAt ?? other.resultAt ?? '') > since &&
      (other.recollectionOf === test.subjectRef ||
        (other.descriptor?.reason === test.descriptor?.reason &&
          other.descriptor?.kind === test.descriptor?.kind)),
  );
}

/** Observed recollections come without notice (40.23(f)(3)), and a follow-up is never announced (40.309(b)). */
function maskedRecollection(test: TestFact): boolean {
  const cancelledOnly =
    test.state === 'cancelled' &&
    !['invalid_unexplained', 'split_untestable', 'split_invalid'].includes(test.cancelCause ?? '');
  return !cancelledOnly || test.descriptor?.reason === 'follow_up';
}

/** Instant at which a test with something open counts as forgotten by its source (DA15). */
function silentFrom(test: TestFact, context: SignalContext<DrugAlcoholRecord>): EpochMs | null {
  const preEmployment = test.descriptor?.reason === 'pre_employment' && notBegun.includes(test.state);
  if (!waiting.includes(test.state) && !preEmployment) return null;
  const ownMs = Date.parse(test.lastEventAt) + context.parameter('DA15', 'silenceDays') * dayMs;
  const vendorMs = staleFrom(test.vendors, context.sources);
  return vendorMs === null ? ownMs : Math.min(ownMs, vendorMs);
}
