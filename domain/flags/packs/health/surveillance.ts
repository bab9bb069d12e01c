import type { CalendarDate } from '#contracts/time';
import type { ExamFact, HealthRecord } from '#domain/health';
import {
  addBusinessDays,
  addDays,
  addMonths,
  atHour,
  dueAfterMonths,
  startOfDay,
  validThrough,
} from '../../calendar.ts';
import { fact, type Fact, type SignalValues } from '../../pack.ts';
import { agents, inPeriod, type Exposure, type HealthContext as Context } from './exposures.ts';

type Program = ExamFact['program'];

/** What a program shows of one person: "made available" counts, so an offer declined in writing is not late. */
interface Offered {
  on: CalendarDate;
  /** Examined, and not only offered: the periodic clock runs from here. */
  done: boolean;
  declined: boolean;
  nextBy: CalendarDate | null;
  eventIds: readonly string[];
}

/** The newest offer or examination of a program. */
function lastOffered(record: HealthRecord | null, program: Program): Offered | null {
  let newest: Offered | null = null;
  for (const exam of Object.values(record?.exams ?? {})) {
    if (exam.program !== program) continue;
    const on = exam.examOn ?? exam.declinedOn ?? exam.offeredOn;
    if (on === null || (newest && newest.on >= on)) continue;
    newest = {
      on,
      done: exam.examOn !== null,
      declined: exam.declinedOn !== null,
      nextBy: exam.nextBy,
      eventIds: exam.eventIds,
    };
  }
  return newest;
}

/** A refusal in writing closes the duty until the employer offers again: no date of its own. */
const closedByRefusal = (last: Offered): boolean => last.declined && !last.done;

function earliestOf(exposures: readonly Exposure[]): Exposure | null {
  return exposures.reduce<Exposure | null>(
    (best, next) => (best && best.from <= next.from ? best : next),
    null,
  );
}

/** HL05: before assignment, then 12 months (24 at most if the physician says so), and at the end if none in 6 months. */
export function hazwoperSignal(context: Context): SignalValues {
  const { person, record, present, coming, over } = context;
  const open = earliestOf([...present, ...coming].filter((known) => known.agent === agents.hazwoper));
  const earlier = lastOffered(record, 'hazwoper');
  const last = earlier && inPeriod(context, earlier.on) ? earlier : null;
  if (open) {
    if (!last) return { hazwoperDueAt: startOfDay(open.from, person.zone) };
    if (closedByRefusal(last)) return { hazwoperDueAt: fact(null, last.eventIds) };
    const ceiling = addMonths(last.on, context.parameter('HL05', 'longestMonths'));
    const yearly = addMonths(last.on, context.parameter('HL05', 'months'));
    const dueOn = last.nextBy === null ? yearly : last.nextBy < ceiling ? last.nextBy : ceiling;
    return { hazwoperDueAt: fact(validThrough(dueOn, person.zone), last.eventIds) };
  }
  const left = over.findLast((known) => known.agent === agents.hazwoper)?.to;
  if (!left || (last && last.on >= addMonths(left, -6))) return { hazwoperDueAt: null };
  return { hazwoperDueAt: startOfDay(left, person.zone) };
}

/** HL06: 30 days after assignment unless one in three years, then every three years after an examination. */
export function silicaSignal(context: Context): SignalValues {
  const { record, present } = context;
  const days = context.parameter('HL06', 'respiratorDays');
  const open = earliestOf(
    present.filter(
      (known) =>
        known.agent === agents.silica &&
        known.sector === 'construction' &&
        (known.respiratorDays ?? 0) >= days,
    ),
  );
  if (!open) return { silicaDueAt: null };
  const assignedDue = addDays(open.from, context.parameter('HL06', 'days'));
  return { silicaDueAt: periodicDue(context, lastOffered(record, 'silica'), open.from, assignedDue, 'HL06') };
}

/** HL07: 10 working days after the 30th day of exposure, then yearly. Counted as if exposed every day: the earliest date. */
export function asbestosSignal(context: Context): SignalValues {
  const { record, present } = context;
  const days = context.parameter('HL07', 'exposureDays');
  const open = earliestOf(
    present.filter(
      (known) =>
        known.agent === agents.asbestos &&
        known.sector === 'construction' &&
        (known.daysPerYear ?? 0) >= days,
    ),
  );
  if (!open) return { asbestosDueAt: null };
  const thirtieth = addDays(open.from, days - 1);
  const assignedDue = addBusinessDays(thirtieth, context.parameter('HL07', 'workingDays'));
  return {
    asbestosDueAt: periodicDue(context, lastOffered(record, 'asbestos'), open.from, assignedDue, 'HL07'),
  };
}

/** First due by the assignment; an earlier examination still in its interval serves instead. */
function periodicDue(
  context: Context,
  last: Offered | null,
  assignedOn: CalendarDate,
  assignedDue: CalendarDate,
  rule: 'HL06' | 'HL07',
): Fact {
  const { zone } = context.person;
  if (!last) return fact(validThrough(assignedDue, zone));
  const inThisAssignment = last.on >= assignedOn;
  if (inThisAssignment && closedByRefusal(last)) return fact(null, last.eventIds);
  const byInterval = dueAfterMonths(last.on, context.parameter(rule, 'months'), zone);
  if (inThisAssignment) return fact(byInterval, last.eventIds);
  return fact(Math.max(byInterval, validThrough(assignedDue, zone)), last.eventIds);
}

/** HL09: baseline within 6 months (12 where a mobile van is used), then yearly. General industry only. */
export function noiseSignal(context: Context): SignalValues {
  const { person, record, present } = context;
  const level = context.parameter('HL09', 'levelDb');
  const open = earliestOf(
    present.filter(
      (known) => known.agent === agents.noise && known.sector === 'general' && (known.level ?? 0) >= level,
    ),
  );
  if (!open) return { audiogramDueAt: null };
  const tests = (record?.audiograms ?? [])
    .filter((known) => inPeriod(context, known.on))
    .map((known) => ({ on: known.on, eventIds: known.eventIds }));
  const offer = record?.audiogramOffer;
  if (offer && inPeriod(context, offer.offeredOn))
    tests.push({ on: offer.offeredOn, eventIds: offer.eventIds });
  const last = tests.toSorted((a, b) => a.on.localeCompare(b.on)).at(-1);
  if (last) {
    const months = context.parameter('HL09', 'months');
    return { audiogramDueAt: fact(dueAfterMonths(last.on, months, person.zone), last.eventIds) };
  }
  const baseline = context.parameter(
    'HL09',
    context.choice('HL09', 'mobileVan') ? 'vanMonths' : 'baselineMonths',
  );
  return { audiogramDueAt: dueAfterMonths(open.from, baseline, person.zone) };
}

/** HL10: hepatitis B vaccine offered within 10 working days, to 17:00 of the last; any answer or offer closes it. */
export function hbvSignal(context: Context): SignalValues {
  const { person, record, present } = context;
  const open = earliestOf(present.filter((known) => known.agent === agents.bloodborne));
  if (!open) return { hbvDueAt: null };
  if (record?.hbv?.answer === 'unknown') return { hbvDueAt: fact(undefined, record.hbv.eventIds) };
  // Offered or answered once is enough: the vaccine is not offered anew to a person who comes back.
  if (record?.hbv?.offeredOn) return { hbvDueAt: fact(null, record.hbv.eventIds) };
  const lastDay = addBusinessDays(open.from, context.parameter('HL10', 'workingDays'));
  return { hbvDueAt: atHour(lastDay, 17, person.zone) };
}

/** Start of the exposure to lead in construction on more than 30 days a year; null = none. */
export function leadExposure(context: Context): Exposure | null {
  const days = context.parameter('HL08', 'exposureDays');
  return earliestOf(
    context.present.filter(
      (known) =>
        known.agent === agents.lead && known.sector === 'construction' && (known.daysPerYear ?? 0) > days,
    ),
  );
}
