import type { EpochMs } from '#contracts/time';
import { hasShift, type ExamFact, type HealthRecord } from '#domain/health';
import { addDays, validThrough } from '../../calendar.ts';
import { fact, type SignalContext, type SignalValues } from '../../pack.ts';
import { staleFrom } from '../../sources.ts';

type Context = SignalContext<HealthRecord>;

const programWords: Readonly<Record<ExamFact['program'], string>> = {
  respirator: 'respirator use',
  hazwoper: 'hazardous waste work',
  silica: 'work with silica',
  asbestos: 'work with asbestos',
  lead: 'work with lead',
  hearing: 'work in noise',
  bloodborne: 'work with blood exposure',
  general: 'the job',
};

const dated = (exam: ExamFact) => exam.examOn ?? exam.declinedOn;

/** The newest examination or refusal per program: earlier ones are history. */
function newestPerProgram(record: HealthRecord): ExamFact[] {
  const newest = new Map<ExamFact['program'], ExamFact>();
  for (const exam of Object.values(record.exams)) {
    const on = dated(exam);
    const known = newest.get(exam.program);
    if (on !== null && (!known || (dated(known) ?? '') < on)) newest.set(exam.program, exam);
  }
  return [...newest.values()];
}

/** HL01: one member per program in which the person is not cleared now. */
export function notClearedScope(record: HealthRecord | null): SignalValues[] {
  if (!record) return [];
  return newestPerProgram(record)
    .filter((exam) => exam.examOn !== null && exam.outcome === 'not_cleared')
    .map((exam) => ({ notClearedFor: fact(programWords[exam.program], exam.eventIds) }));
}

const unsettled: Readonly<Record<string, string>> = {
  pending: 'outcome pending',
  unknown: 'outcome not understood',
  follow_up: 'follow-up open',
};

/** A shift without its retest: the retest is due within 30 days and the row stays yellow until it is in. */
function openShift(record: HealthRecord): SignalValues | null {
  const last = record.audiograms.toSorted((a, b) => a.on.localeCompare(b.on)).at(-1);
  if (!last || last.baseline || last.retest || !hasShift(last)) return null;
  return { askClinic: fact(`the hearing test of ${last.on} awaits its retest`, last.eventIds) };
}

/** HL11: what only the clinic can settle. */
function clinicSignals(record: HealthRecord): SignalValues {
  const exam = newestPerProgram(record).find((known) => unsettled[known.outcome ?? ''] !== undefined);
  if (exam) return { askClinic: fact(unsettled[exam.outcome ?? ''] ?? null, exam.eventIds) };
  const shift = openShift(record);
  if (shift) return shift;
  const review = record.reviews[0];
  return review ? { askClinic: fact(review.reason, [review.eventId]) } : { askClinic: null };
}

const isOpen = (exam: ExamFact): boolean =>
  !exam.canceled && exam.scheduledOn !== null && exam.examOn === null && exam.declinedOn === null;

/** HL11: a scheduled examination without a result 30 days after its day. */
function resultLateAt(context: Context): EpochMs | null {
  const open = Object.values(context.record?.exams ?? {}).filter(isOpen);
  const days = context.parameter('HL11', 'resultDays');
  const late = open.map((exam) => validThrough(addDays(exam.scheduledOn ?? '', days), context.person.zone));
  return late.length === 0 ? null : Math.min(...late);
}

/** HL12: restrictions to apply, refusals to keep. */
function noticeSignal(record: HealthRecord): SignalValues {
  const newest = newestPerProgram(record);
  const restricted = newest.find((exam) => exam.examOn !== null && exam.outcome === 'restricted');
  if (restricted) {
    const words =
      restricted.restrictions.length > 0 ? restricted.restrictions.join('; ') : 'as the clinic says';
    return { notice: fact(`restricted: ${words}`, restricted.eventIds) };
  }
  const declined = newest.find((exam) => exam.declinedOn !== null);
  if (declined) return { notice: fact(`examination declined on ${declined.declinedOn}`, declined.eventIds) };
  if (record.hbv?.answer === 'declined_signed') {
    return { notice: fact('an offered vaccine was declined in writing', record.hbv.eventIds) };
  }
  return { notice: null };
}

/** Signals of HL11–HL13. */
export function outcomeSignals(context: Context): SignalValues {
  const { record, sources } = context;
  if (!record) return {};
  const vendors = new Set(
    Object.values(record.exams)
      .filter(isOpen)
      .map((exam) => exam.vendor),
  );
  return {
    ...clinicSignals(record),
    ...noticeSignal(record),
    resultLateAt: resultLateAt(context),
    silentFromAt: staleFrom(vendors, sources),
  };
}
