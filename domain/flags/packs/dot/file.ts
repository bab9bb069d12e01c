import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate } from '#contracts/time';
import { verifiedDocument, type DotRecord } from '#domain/dot';
import {
  addDays,
  addMonths,
  dateAt,
  dueAfterMonths,
  parseInstant,
  startOfDay,
  validThrough,
} from '../../calendar.ts';
import { fact, type SignalContext, type SignalValues } from '../../pack.ts';
import { activeLicences, unclearConviction } from './licence.ts';
import { medicalStanding } from './medical.ts';

type Context = SignalContext<DotRecord>;

/** Papers made before this day belong to an earlier period of employment; null = there was none. */
function periodFloor(person: PersonFacts): CalendarDate | null {
  return person.periods.at(-2)?.to ?? null;
}

const employedOn = (person: PersonFacts): CalendarDate | null => person.periods.at(-1)?.from ?? null;

/** Endorsements for which a CDL is not taken instead of a road test: doubles and triples, tank, tank with hazmat. */
const testedEndorsements: ReadonlySet<string> = new Set(['T', 'N', 'X']);

/** 391.31, 391.33: a real test, or a CDL, or another carrier's certificate of the last three years. */
export function hasRoadTest(record: DotRecord, person: PersonFacts): boolean {
  const document = verifiedDocument(record, 'road_test');
  const firstVision = record.certificates.some(
    (known) => known.basis === 'vision' && known.result === 'qualified',
  );
  if (document?.roadTestBasis === 'test') return true;
  if (firstVision) return false;
  const special =
    person.requirements.dot?.endorsements?.some((code) => testedEndorsements.has(code)) ?? false;
  const cdl = activeLicences(record).some((licence) => licence.kind === 'cdl' && licence.status === 'valid');
  if (!special && (document?.roadTestBasis === 'cdl' || cdl)) return true;
  if (document?.roadTestBasis !== 'certificate' || !document.on) return false;
  const start = employedOn(person);
  return start === null || addMonths(document.on, 36) >= start;
}

/** Ends of the 21st year, 391.11(b)(1); null when the birth date is not known: then age is not checked. */
function twentyOneAt(person: PersonFacts): number | null {
  return person.birthDate === null ? null : startOfDay(addMonths(person.birthDate, 21 * 12), person.zone);
}

/** DT08: what is missing before the first drive, in words; null = complete. */
export function firstDriveSignals(context: Context): { signals: SignalValues; turnsAt: (number | null)[] } {
  const { record, person } = context;
  if (!record) return { signals: { fileMissing: 'everything' }, turnsAt: [] };
  const missing: string[] = [];
  if (!verifiedDocument(record, 'application')) missing.push('application');
  if (!hasRoadTest(record, person)) missing.push('road test');
  const { everQualified, governing } = medicalStanding(record);
  if (!everQualified) missing.push('medical proof');
  const onRegistry =
    governing?.examinerOnRegistry === true || verifiedDocument(record, 'registry_note') !== null;
  if (person.requirements.dot?.class === 'NI' && !onRegistry) missing.push('examiner registry note');
  const adultAt = twentyOneAt(person);
  if (adultAt !== null && context.atMs < adultAt) missing.push('age 21');
  return {
    signals: { fileMissing: missing.length === 0 ? null : missing.join(', ') },
    turnsAt: [adultAt],
  };
}

const countsAsAsked: ReadonlySet<string> = new Set(['received', 'effort_documented']);

/** DT10: drug and alcohol history 30 days after the first safety-sensitive work; consent refused: at once. */
function testHistorySignal(record: DotRecord, context: Context): SignalValues {
  const { person } = context;
  const floor = periodFloor(person);
  const known = record.histories.filter(
    (history) => history.kind === 'drug_alcohol' && (floor === null || history.on >= floor),
  );
  const got = known.find((history) => countsAsAsked.has(history.outcome));
  if (got) return { testHistoryDueAt: fact(null, got.eventIds) };
  const refused = known.find((history) => history.outcome === 'consent_refused');
  if (refused) return { testHistoryDueAt: fact(startOfDay(refused.on, person.zone), refused.eventIds) };
  return { testHistoryDueAt: testHistoryDueAt(context) };
}

function testHistoryDueAt(context: Context): number | null {
  const { safetySensitiveFirstAt: first, zone } = context.person;
  if (first === null) return null;
  const days = context.parameter('DT10', 'days');
  return validThrough(addDays(dateAt(parseInstant(first), zone), days), zone);
}

/** DT11: the 3-year MVR and the safety history, by 30 days after employment. */
function inquirySignals(record: DotRecord | null, context: Context): SignalValues {
  const { person } = context;
  const start = employedOn(person);
  const floor = periodFloor(person);
  const inPeriod = (date: CalendarDate) => floor === null || date >= floor;
  const mvr =
    record?.mvrs.find((known) => known.purpose !== 'monitor' && inPeriod(known.obtainedOn)) ??
    (record ? verifiedDocument(record, 'initial_mvr') : null);
  const history =
    record?.histories.find(
      (known) => known.kind === 'safety' && countsAsAsked.has(known.outcome) && inPeriod(known.on),
    ) ?? (record ? verifiedDocument(record, 'safety_history') : null);
  const missing = [...(mvr ? [] : ['initial MVR']), ...(history ? [] : ['safety history'])];
  if (missing.length === 0 || start === null) return { inquiriesDueAt: null };
  const days = context.parameter('DT11', 'days');
  return {
    inquiriesDueAt: validThrough(addDays(start, days), person.zone),
    inquiriesMissing: missing.join(' and '),
  };
}

/** DT13: the review note, or a year after employment when none was ever made. */
function reviewSignal(record: DotRecord | null, context: Context): SignalValues {
  const { person } = context;
  const months = context.parameter('DT13', 'months');
  const document = record ? verifiedDocument(record, 'annual_review') : null;
  const notes = [
    ...(record?.review ? [{ on: record.review.on, eventIds: record.review.eventIds }] : []),
    ...(document?.on ? [{ on: document.on, eventIds: document.eventIds }] : []),
  ].toSorted((a, b) => b.on.localeCompare(a.on));
  const from = notes[0]?.on ?? employedOn(person);
  if (!from) return { reviewDueAt: null };
  return { reviewDueAt: fact(dueAfterMonths(from, months, person.zone), notes[0]?.eventIds) };
}

/** Signals of DT10, DT11, DT13. */
export function fileSignals(context: Context): SignalValues {
  const { record } = context;
  return {
    ...(record ? testHistorySignal(record, context) : { testHistoryDueAt: testHistoryDueAt(context) }),
    ...inquirySignals(record, context),
    ...reviewSignal(record, context),
  };
}

/** DT12: one member per State in which the driver is licensed, with the year since that State's last MVR. */
export function mvrScope(context: Context): SignalValues[] {
  const { record, person } = context;
  if (!record) return [];
  const licensedIn = new Set(activeLicences(record).map((licence) => licence.state));
  const newest = new Map<string, { on: CalendarDate; eventIds: readonly string[] }>();
  for (const mvr of record.mvrs) {
    if (mvr.purpose === 'monitor' || (licensedIn.size > 0 && !licensedIn.has(mvr.state))) continue;
    const known = newest.get(mvr.state);
    if (!known || known.on < mvr.obtainedOn) {
      newest.set(mvr.state, { on: mvr.obtainedOn, eventIds: mvr.eventIds });
    }
  }
  const months = context.parameter('DT12', 'months');
  return [...newest].map(([state, { on, eventIds }]) => ({
    mvrState: state,
    mvrDueAt: fact(dueAfterMonths(on, months, person.zone), eventIds),
  }));
}

/** DT17: another carrier's certificate of a furnished driver, at most two years old and not past the medical date. */
export function furnishedSignals(context: Context): SignalValues {
  const { record, person } = context;
  const document = record ? verifiedDocument(record, 'furnished_certificate') : null;
  if (!document?.on) return { furnishedMissing: true, furnishedEndsAt: null };
  const ceiling = addMonths(document.on, context.parameter('DT17', 'months'));
  const last = document.expiresOn !== null && document.expiresOn < ceiling ? document.expiresOn : ceiling;
  return {
    furnishedEndsAt: fact(validThrough(last, person.zone), document.eventIds),
    furnishedFromAt: startOfDay(document.on, person.zone),
  };
}

/** DT16: everything that waits for a person. */
export function reviewQueueSignals(record: DotRecord | null): SignalValues {
  if (!record) return {};
  const document = Object.values(record.documents)
    .map((generations) => generations.at(-1))
    .find((newest) => newest && (newest.state === 'uploaded' || newest.state === 'review'));
  if (document) return inReview(`${document.kind.replaceAll('_', ' ')} in review`, document.eventIds);
  const { pending } = medicalStanding(record);
  if (pending) return inReview(`examination of ${pending.examOn} pending`, pending.eventIds);
  const unclear = unclearConviction(record);
  if (unclear) return inReview('a conviction is unclear', unclear.eventIds);
  const open = record.reviews[0];
  return open ? inReview(open.reason, [open.eventId]) : { inReview: null };
}

function inReview(words: string, eventIds: readonly string[]): SignalValues {
  return { inReview: fact(words, eventIds) };
}
