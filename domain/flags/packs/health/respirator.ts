import type { HealthRecord } from '#domain/health';
import { addMonths, dueAfterMonths, startOfDay } from '../../calendar.ts';
import { fact, type SignalValues } from '../../pack.ts';
import { firstUseMs, inPeriod, type Exposure, type HealthContext as Context } from './exposures.ts';

const usesRespirator = (exposure: Exposure): boolean =>
  exposure.facepiece !== null || (exposure.respiratorDays ?? 0) > 0;

/** The facepiece in use: the newest change on record, else the one of the hazard matrix. */
function facepieceOf(record: HealthRecord | null, exposure: Exposure): { name: string; from: string } | null {
  const changed = record?.facepiece;
  if (changed && changed.on >= exposure.from) return { name: changed.facepiece, from: changed.on };
  return exposure.facepiece === null ? null : { name: exposure.facepiece, from: exposure.from };
}

/** HL03: one member per tight facepiece in use; without a passed test of this one it is due from first use. */
export function fitScope(context: Context): SignalValues[] {
  const { person, record, present, coming } = context;
  const worn = new Map<string, string>();
  for (const exposure of [...present, ...coming]) {
    const facepiece = exposure.facepiece === null ? null : facepieceOf(record, exposure);
    if (facepiece && !worn.has(facepiece.name)) worn.set(facepiece.name, facepiece.from);
  }
  const months = context.parameter('HL03', 'months');
  return [...worn].map(([name, from]) => {
    const tests = (record?.fits ?? []).filter((fit) => fit.facepiece === name && inPeriod(context, fit.on));
    const last = tests.toSorted((a, b) => a.on.localeCompare(b.on)).at(-1);
    if (!last) {
      return { facepiece: name, fitSays: 'no passed test', fitDueAt: firstUseMs(context, from) };
    }
    const dueAt = last.passed
      ? dueAfterMonths(last.on, months, person.zone)
      : startOfDay(last.on, person.zone);
    const says = last.passed ? `last good day ${addMonths(last.on, months)}` : `failed on ${last.on}`;
    return { facepiece: name, fitSays: says, fitDueAt: fact(dueAt, last.eventIds) };
  });
}

const evaluated: ReadonlySet<string> = new Set(['cleared', 'restricted', 'not_cleared', 'follow_up']);

/** HL04: a medical evaluation with a usable answer before the first use. */
export function evaluationSignal(context: Context): SignalValues {
  const { record, present, coming } = context;
  const first = [...present, ...coming]
    .filter(usesRespirator)
    .toSorted((a, b) => a.from.localeCompare(b.from))[0];
  if (!first) return { evaluationDueAt: null };
  const done = Object.values(record?.exams ?? {}).find(
    (exam) =>
      exam.program === 'respirator' &&
      exam.examOn !== null &&
      inPeriod(context, exam.examOn) &&
      evaluated.has(exam.outcome ?? ''),
  );
  if (done) return { evaluationDueAt: fact(null, done.eventIds) };
  return { evaluationDueAt: firstUseMs(context, first.from) };
}
