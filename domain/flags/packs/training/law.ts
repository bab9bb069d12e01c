import type { EpochMs } from '#contracts/time';
import type { CompletionFact, TrainingRecord } from '#domain/training';
import { addDays, addMonths, dateAt, dueAfterMonths, startOfDay, validThrough } from '../../calendar.ts';
import { fact, type Fact, type SignalContext, type SignalValues } from '../../pack.ts';
import {
  bestCertificate,
  isSupervised,
  lastDone,
  lastPassedEvaluation,
  openTrigger,
  papersOf,
  type Done,
  type NeededItem,
} from './items.ts';

type Context = SignalContext<TrainingRecord>;

const securityPlan: ReadonlySet<string> = new Set(['security_plan_revised']);
const retrainKinds: ReadonlySet<string> = new Set(['observed_gap', 'change', 'incident']);

const startMs = (need: NeededItem, context: Context): EpochMs => startOfDay(need.from, context.person.zone);

/** What must be in order before work: for an applicant, who works nowhere yet, at once. */
function firstWorkMs(need: NeededItem, { person, atMs }: Context): EpochMs {
  const today = dateAt(atMs, person.zone);
  return startOfDay(person.phase === 'applicant' && need.from > today ? today : need.from, person.zone);
}

/** TR02, TR03: trained and tested within 90 days under supervision, then every three years or after a revised plan. */
function hazmat(need: NeededItem, context: Context): SignalValues {
  const { zone } = context.person;
  const done = lastDone(need.facts, (completion) => completion.tested);
  if (!done) {
    const graceEnds = validThrough(addDays(need.from, context.parameter('TR02', 'days')), zone);
    const supervision = need.facts.supervision?.eventIds;
    return {
      firstTrainingDueAt: fact(
        isSupervised(need.facts) ? graceEnds : firstWorkMs(need, context),
        supervision,
      ),
    };
  }
  const byAge = dueAfterMonths(done.on, context.parameter('TR03', 'months'), zone);
  const revised = openTrigger(need.facts, securityPlan, done);
  if (!revised) return { retrainDueAt: fact(byAge, done.eventIds) };
  const byPlan = validThrough(addDays(revised.on, context.parameter('TR03', 'planDays')), zone);
  return { retrainDueAt: fact(Math.min(byAge, byPlan), [...done.eventIds, ...revised.eventIds]) };
}

/** TR03: a new hire's security awareness within 90 days, then every three years. */
function securityAwareness(need: NeededItem, context: Context): SignalValues {
  const { zone } = context.person;
  const done = lastDone(need.facts);
  if (done)
    return {
      retrainDueAt: fact(dueAfterMonths(done.on, context.parameter('TR03', 'months'), zone), done.eventIds),
    };
  return { retrainDueAt: validThrough(addDays(need.from, context.parameter('TR03', 'planDays')), zone) };
}

/** Hours of instruction and days in the field of 29 CFR 1910.120(e)(3)–(4). */
const siteHours: Readonly<Record<string, { hours: number; fieldDays: number }>> = {
  hazwoper_general: { hours: 40, fieldDays: 3 },
  hazwoper_limited: { hours: 24, fieldDays: 1 },
  hazwoper_supervisor: { hours: 8, fieldDays: 0 },
};

/** TR04 and the yearly refresher TR05 of a hazardous waste site. */
function hazwoper(need: NeededItem, context: Context): SignalValues {
  const wanted = siteHours[need.item] ?? { hours: 0, fieldDays: 0 };
  const enough = (completion: CompletionFact) =>
    (completion.hours ?? 0) >= wanted.hours && (completion.fieldDays ?? 0) >= wanted.fieldDays;
  const initial = lastDone(need.facts, enough);
  if (!initial) return { siteTrainingDueAt: firstWorkMs(need, context) };
  const refresher = refresherOf(context);
  const last = refresher && refresher.on > initial.on ? refresher : initial;
  return { refreshDueAt: yearlyFrom(last, context) };
}

function refresherOf(context: Context): Done | null {
  const facts = context.record?.items['hazwoper_refresher'];
  const hours = context.parameter('TR05', 'hours');
  return facts ? lastDone(facts, (completion) => (completion.hours ?? 0) >= hours) : null;
}

const yearlyFrom = (done: Done, context: Context): Fact =>
  fact(dueAfterMonths(done.on, context.parameter('TR05', 'months'), context.person.zone), done.eventIds);

/** TR05 for a need that names the refresher itself. */
function refresherOnly(need: NeededItem, context: Context): SignalValues {
  const last = refresherOf(context);
  return { refreshDueAt: last ? yearlyFrom(last, context) : startMs(need, context) };
}

/** TR05: a responder trains or proves competency each year. */
function responder(need: NeededItem, context: Context): SignalValues {
  const trained = lastDone(need.facts);
  const proven = lastPassedEvaluation(need.facts);
  const last = !trained || (proven && proven.on > trained.on) ? proven : trained;
  return { refreshDueAt: last ? yearlyFrom(last, context) : startMs(need, context) };
}

/** TR06, TR07: at assignment, then within twelve months. */
function yearly(rule: 'TR06' | 'TR07') {
  return (need: NeededItem, context: Context): SignalValues => {
    const done = lastDone(need.facts);
    if (!done) return { yearlyDueAt: startMs(need, context) };
    const months = context.parameter(rule, 'months');
    return { yearlyDueAt: fact(dueAfterMonths(done.on, months, context.person.zone), done.eventIds) };
  };
}

/** TR08: once, and again after a trigger; no yearly end in law, a tenant's interval or the rescue practice apart. */
function safetyWork(need: NeededItem, context: Context): SignalValues {
  const { zone } = context.person;
  const done = lastDone(need.facts);
  if (!done) return { safetySays: 'never done', safetyDueAt: firstWorkMs(need, context) };
  const trigger = openTrigger(need.facts, retrainKinds, done);
  if (trigger) {
    const safetyDueAt = fact(startOfDay(trigger.on, zone), trigger.eventIds);
    return { safetySays: `due again since ${trigger.on}`, safetyDueAt };
  }
  const rescue = need.item === 'permit_space_rescue' ? context.parameter('TR08', 'rescueMonths') : null;
  const months = rescue ?? need.intervalMonths;
  if (months === null) return { safetyDueAt: fact(null, done.eventIds) };
  const safetyDueAt = fact(dueAfterMonths(done.on, months, zone), done.eventIds);
  return { safetySays: `last good day ${addMonths(done.on, months)}`, safetyDueAt };
}

/** TR09: a certificate of at most five years AND the employer's evaluation; a trainee is monitored. */
function crane(need: NeededItem, context: Context): SignalValues {
  const { zone } = context.person;
  const certificate = bestCertificate(need.facts);
  const evaluation = lastPassedEvaluation(need.facts);
  if (!certificate?.on || !evaluation) {
    const missing = certificate ? 'evaluation' : evaluation ? 'certificate' : 'certificate and evaluation';
    const trainee = isSupervised(need.facts);
    return {
      craneSays: `${missing} missing`,
      craneMissing: missing,
      craneTrainee: trainee,
      craneDueAt: trainee ? null : firstWorkMs(need, context),
    };
  }
  const ceiling = addMonths(certificate.on, context.parameter('TR09', 'months'));
  const printed = certificate.expiresOn;
  const lastDay = printed !== null && printed < ceiling ? printed : ceiling;
  return {
    craneSays: `last good day ${lastDay}`,
    craneDueAt: fact(validThrough(lastDay, zone), [...certificate.eventIds, ...evaluation.eventIds]),
    craneFromAt: startOfDay(certificate.on, zone),
  };
}

/** TR10: evaluated at least once every three years. */
function forklift(need: NeededItem, context: Context): SignalValues {
  const evaluation = lastPassedEvaluation(need.facts);
  if (!evaluation) return { forkliftSays: 'none passed', forkliftDueAt: firstWorkMs(need, context) };
  const months = context.parameter('TR10', 'months');
  return {
    forkliftSays: `last good day ${addMonths(evaluation.on, months)}`,
    forkliftDueAt: fact(dueAfterMonths(evaluation.on, months, context.person.zone), evaluation.eventIds),
  };
}

/** TR11: 60 minutes on alcohol and 60 on drugs, once in a life. Hours not told count as done. */
function driverSupervisor({ facts }: NeededItem): SignalValues {
  const done = lastDone(facts, (completion) => completion.hours === null || completion.hours >= 2);
  return { suspicionTrained: fact(done !== null, done?.eventIds) };
}

type LawItem = (need: NeededItem, context: Context) => SignalValues;

const builtIn: Readonly<Record<string, LawItem>> = {
  hazmat,
  hazmat_security_awareness: securityAwareness,
  hazwoper_general: hazwoper,
  hazwoper_limited: hazwoper,
  hazwoper_supervisor: hazwoper,
  hazwoper_refresher: refresherOnly,
  emergency_responder: responder,
  bloodborne: yearly('TR06'),
  asbestos: yearly('TR07'),
  permit_space: safetyWork,
  permit_space_rescue: safetyWork,
  fall_protection: safetyWork,
  scaffold: safetyWork,
  ladder: safetyWork,
  crane_operator: crane,
  forklift,
  driver_supervisor: driverSupervisor,
};

/** Items with a rule of law of their own; all others go by the policy rows TR12 and TR14. */
export const hasLawRule = (item: string): boolean => Object.hasOwn(builtIn, item);

/** Signals of TR02–TR11 for one needed item; empty for a policy item. */
export function lawSignals(need: NeededItem, context: Context): SignalValues {
  return builtIn[need.item]?.(need, context) ?? {};
}

/** TR01: the certificate that runs longest; revoked with nothing valid beside it is due from its issue. */
export function certificateSignals(need: NeededItem, context: Context): SignalValues {
  const { zone } = context.person;
  // A crane certificate has its own row, TR09.
  if (need.item === 'crane_operator') return {};
  const best = bestCertificate(need.facts);
  if (best?.expiresOn) {
    return {
      certificateSays: `last good day ${best.expiresOn}`,
      certificateEndsAt: fact(validThrough(best.expiresOn, zone), best.eventIds),
      certificateFromAt: best.on === null ? null : startOfDay(best.on, zone),
    };
  }
  if (best) return {};
  const revoked = papersOf(need.facts).findLast((paper) => paper.state === 'void');
  if (!revoked) return {};
  const since = startOfDay(revoked.on ?? need.from, zone);
  return { certificateSays: 'revoked', certificateEndsAt: fact(since, revoked.eventIds) };
}
