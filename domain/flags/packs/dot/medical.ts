import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate, EpochMs } from '#contracts/time';
import type { CertificateFact, DotRecord } from '#domain/dot';
import { addDays, addMonths, startOfDay, validThrough } from '../../calendar.ts';
import { fact, type SignalContext, type SignalValues } from '../../pack.ts';

/** 49 CFR 391.43(g)(3): from this day a "not qualified" finding voids all earlier certificates. */
const voidingFrom: CalendarDate = '2025-06-23';

const byExam = (a: CertificateFact, b: CertificateFact): number =>
  a.examOn.localeCompare(b.examOn) || Number(a.from === 'fmcsa') - Number(b.from === 'fmcsa');

interface MedicalStanding {
  /** The examination that governs: the newest; for one day FMCSA's data beat paper, 391.23(m). */
  governing: CertificateFact | null;
  /** A later "not qualified". */
  notQualified: CertificateFact | null;
  pending: CertificateFact | null;
  everQualified: boolean;
}

export function medicalStanding(record: DotRecord | null): MedicalStanding {
  const exams = (record?.certificates ?? []).toSorted(byExam);
  const qualified = exams.filter((exam) => exam.result === 'qualified');
  const latest = qualified.at(-1) ?? null;
  const after = (exam: CertificateFact) => latest === null || exam.examOn > latest.examOn;
  const notQualified =
    exams.findLast((exam) => exam.result === 'not_qualified' && exam.examOn >= voidingFrom && after(exam)) ??
    null;
  return {
    governing: notQualified ? null : latest,
    notQualified,
    pending: exams.findLast((exam) => exam.result === 'pending' && after(exam)) ?? null,
    everQualified: qualified.length > 0,
  };
}

/** Months of 391.45(b)–(f): 12 for insulin, vision, intracity and grandfathered drivers, else 24. */
function ceilingMonths(
  certificate: CertificateFact,
  person: PersonFacts,
  context: SignalContext<DotRecord>,
): number {
  const yearly =
    certificate.basis === 'insulin' ||
    certificate.basis === 'vision' ||
    certificate.basis === 'intracity' ||
    certificate.basis === 'grandfathered' ||
    person.requirements.dot?.intracityZone === true;
  return context.parameter('DT06', yearly ? 'yearlyMonths' : 'months');
}

/** Last good day: the earliest of the printed end, the law's ceiling from the exam, and the variance. */
function medicalLastDay(certificate: CertificateFact, context: SignalContext<DotRecord>): CalendarDate {
  const ceiling = addMonths(certificate.examOn, ceilingMonths(certificate, context.person, context));
  return [certificate.expiresOn, ceiling, certificate.varianceTo]
    .filter((date) => date !== null)
    .reduce((earliest, date) => (date < earliest ? date : earliest));
}

/**
 * First instant without CDLIS standing: at once by the law, 60 days after issue while FMCSA's paper relief holds.
 * Null = CDLIS says certified, or there is no certificate to compare with.
 */
function cdlisDueAt(
  record: DotRecord,
  certificate: CertificateFact,
  context: SignalContext<DotRecord>,
): { dueAt: EpochMs | null | undefined; reliefFromAt: EpochMs } {
  const { zone } = context.person;
  const reliefFromAt = startOfDay('2026-04-11', zone);
  const reliefEndsAt = validThrough('2026-10-11', zone);
  if (record.cdlis?.status === 'certified') return { dueAt: null, reliefFromAt };
  if (record.cdlis?.status === 'unknown') return { dueAt: undefined, reliefFromAt };
  const issuedAt = startOfDay(certificate.issuedOn, zone);
  const inRelief = context.choice('DT07', 'paperRelief') && context.atMs >= reliefFromAt;
  if (!inRelief) return { dueAt: issuedAt, reliefFromAt };
  const days = context.parameter('DT07', 'reliefDays');
  const dueAt = Math.min(startOfDay(addDays(certificate.issuedOn, days + 1), zone), reliefEndsAt);
  return { dueAt, reliefFromAt };
}

function reExaminationSignals(record: DotRecord, governing: CertificateFact | null): SignalValues {
  const open = record.reExaminations.filter(
    (duty) => duty.clearedOn === null && (governing === null || governing.examOn <= duty.on),
  );
  const severe = open.find((duty) => duty.reason === 'severe_hypoglycaemia');
  const other = open.find((duty) => duty.reason !== 'severe_hypoglycaemia');
  return {
    reExamDue: fact(other !== undefined, other?.eventIds),
    reExamSevere: fact(severe !== undefined, severe?.eventIds),
  };
}

/** Signals of DT05–DT07 and DT09. */
export function medicalSignals(context: SignalContext<DotRecord>): {
  signals: SignalValues;
  turnsAt: EpochMs[];
} {
  const { record, person } = context;
  if (!record) return { signals: {}, turnsAt: [] };
  const { governing, notQualified } = medicalStanding(record);
  const again = reExaminationSignals(record, governing);
  const notQualifiedOn = fact(notQualified?.examOn ?? null, notQualified?.eventIds);
  if (!governing) return { signals: { ...again, notQualifiedOn }, turnsAt: [] };
  const lastDay = medicalLastDay(governing, context);
  const cdlis = cdlisDueAt(record, governing, context);
  return {
    signals: {
      ...again,
      notQualifiedOn,
      medicalEndsAt: fact(validThrough(lastDay, person.zone), governing.eventIds),
      medicalFromAt: startOfDay(governing.examOn, person.zone),
      cdlisDueAt: fact(cdlis.dueAt, [...governing.eventIds, ...(record.cdlis?.eventIds ?? [])]),
      cdlisRead: record.cdlis !== null,
    },
    turnsAt: [cdlis.reliefFromAt],
  };
}
