import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate, EpochMs } from '#contracts/time';
import { verifiedDocument, type DotRecord } from '#domain/dot';
import { dateAt, dayMs } from '../../calendar.ts';
import type { CompiledPack, Fact, SignalContext, SignalValues } from '../../pack.ts';
import { fileSignals, hasRoadTest, mvrScope } from './file.ts';
import { activeLicences } from './licence.ts';
import { medicalSignals, medicalStanding } from './medical.ts';

/** `due` = not there, its grace runs · `late` = it was there and has run out · `not_required` = this driver needs none. */
type FileItemState = 'present' | 'expiring' | 'due' | 'missing' | 'late' | 'not_required';

/** One thing that 49 CFR 391.51 wants in a driver's qualification file. */
export interface FileItem {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly state: FileItemState;
  /** Date of the paper on file. */
  readonly on: CalendarDate | null;
  /** Last good day, or the last day of the grace. */
  readonly until: CalendarDate | null;
  readonly note: string;
  readonly eventIds: readonly string[];
}

interface File {
  readonly record: DotRecord | null;
  readonly person: PersonFacts;
  readonly atMs: EpochMs;
  readonly context: SignalContext<DotRecord>;
}

/**
 * The driver's qualification file, item by item, by the same arithmetic as rules DT06 to DT13. Null for whom part 391
 * does not ask for one: no driver, or an intrastate one. A furnished driver's carrier keeps a certificate instead.
 */
export function qualificationFile(input: {
  pack: CompiledPack;
  record: DotRecord | null;
  person: PersonFacts;
  atMs: EpochMs;
}): readonly FileItem[] | null {
  const kind = input.person.requirements.dot?.class;
  if (kind === undefined || kind === 'CX') return null;
  const { record, person, atMs } = input;
  const file: File = { record, person, atMs, context: contextOf(input) };
  if (kind === 'FD') return [furnished(file)];
  return [
    application(file),
    initialMvr(file),
    roadTest(file),
    yearlyMvr(file),
    yearlyReview(file),
    medical(file),
    cdlisRecord(file),
    variance(file),
    registryNote(file),
    safetyHistory(file),
  ];
}

function contextOf(input: {
  pack: CompiledPack;
  record: DotRecord | null;
  person: PersonFacts;
  atMs: EpochMs;
}): SignalContext<DotRecord> {
  const { pack, record, person, atMs } = input;
  const value = (ruleId: string, name: string) => pack.parameters.get(`${ruleId}.${name}`);
  return {
    atMs,
    person,
    record,
    sources: {},
    otherFlags: {},
    parameter: (ruleId, name) => Number(value(ruleId, name)),
    choice: (ruleId, name) => value(ruleId, name) === true,
  };
}

type Found = Pick<FileItem, 'state' | 'on' | 'until' | 'note' | 'eventIds'>;

const absent = (note = ''): Found => ({ state: 'missing', on: null, until: null, note, eventIds: [] });
const noNeed = (note: string): Found => ({ ...absent(note), state: 'not_required' });

function item(id: string, title: string, citation: string, found: Found): FileItem {
  return { id, title, citation: `49 CFR ${citation}`, ...found };
}

/** A signal with its events, whether it was given bare or as a fact. */
function factOf(signals: SignalValues, name: string): { value: unknown; eventIds: readonly string[] } {
  const given = signals[name];
  const known: Fact | null = typeof given === 'object' && given !== null && 'value' in given ? given : null;
  return { value: known === null ? given : known.value, eventIds: known?.eventIds ?? [] };
}

/** A signal's number and events; null when it is not one. */
function instantOf(signals: SignalValues, name: string): { ms: EpochMs; eventIds: readonly string[] } | null {
  const { value, eventIds } = factOf(signals, name);
  return typeof value === 'number' ? { ms: value, eventIds } : null;
}

/** `endsMs` = the first instant that is late. */
function dated(
  { atMs, person }: File,
  endsMs: EpochMs,
  warnDays: number,
): { state: FileItemState; until: CalendarDate } {
  const state = atMs >= endsMs ? 'late' : atMs >= endsMs - warnDays * dayMs ? 'expiring' : 'present';
  return { state, until: dateAt(endsMs - 1, person.zone) };
}

/** Not there yet: `due` while the grace runs. */
function within({ atMs, person }: File, dueMs: EpochMs | null, note: string): Found {
  if (dueMs === null || atMs >= dueMs) return absent(note);
  return { state: 'due', on: null, until: dateAt(dueMs - 1, person.zone), note, eventIds: [] };
}

type DocumentKind = Parameters<typeof verifiedDocument>[1];

function paper({ record }: File, kind: DocumentKind): Found | null {
  const document = record ? verifiedDocument(record, kind) : null;
  if (!document) return null;
  return { state: 'present', on: document.on, until: null, note: '', eventIds: document.eventIds };
}

/** Says when a paper is there and waits for somebody. */
function waiting({ record }: File, kind: DocumentKind): string {
  const newest = Object.values(record?.documents ?? {})
    .map((generations) => generations.at(-1))
    .find((document) => document?.kind === kind);
  return newest?.state === 'uploaded' || newest?.state === 'review' ? 'uploaded, waits for review' : '';
}

function application(file: File): FileItem {
  const found = paper(file, 'application') ?? absent(waiting(file, 'application'));
  return item('application', 'Application for employment', '391.51(b)(1)', found);
}

function initialMvr(file: File): FileItem {
  const { record, context } = file;
  const due = instantOf(fileSignals(context), 'inquiriesDueAt');
  const first = record?.mvrs.find((mvr) => mvr.purpose !== 'monitor');
  const found: Found =
    first === undefined
      ? (paper(file, 'initial_mvr') ?? within(file, due?.ms ?? null, 'within 30 days of employment'))
      : { state: 'present', on: first.obtainedOn, until: null, note: first.state, eventIds: first.eventIds };
  return item('initial-mvr', 'Motor vehicle record at hire', '391.51(b)(2)', found);
}

function roadTest(file: File): FileItem {
  const { record, person } = file;
  if (record === null || !hasRoadTest(record, person)) {
    return item('road-test', 'Road test or equal', '391.51(b)(3)', absent(waiting(file, 'road_test')));
  }
  const licence = activeLicences(record).find((one) => one.kind === 'cdl');
  const byLicence: Found = {
    state: 'present',
    on: licence?.readOn ?? null,
    until: null,
    note: 'the CDL is taken instead (391.33)',
    eventIds: licence?.eventIds ?? [],
  };
  return item('road-test', 'Road test or equal', '391.51(b)(3)', paper(file, 'road_test') ?? byLicence);
}

function yearlyMvr(file: File): FileItem {
  const { record, context } = file;
  const members = mvrScope(context).flatMap((member) => {
    const due = instantOf(member, 'mvrDueAt');
    const { value } = factOf(member, 'mvrState');
    return due === null ? [] : [{ ...due, state: typeof value === 'string' ? value : '' }];
  });
  const first = members.toSorted((a, b) => a.ms - b.ms)[0];
  const title = 'Yearly motor vehicle record';
  if (first === undefined) return item('yearly-mvr', title, '391.51(b)(4)', absent());
  const mvr = record?.mvrs.findLast((one) => one.eventIds.some((id) => first.eventIds.includes(id)));
  const { eventIds } = first;
  const until = dated(file, first.ms, context.parameter('DT12', 'warnDays'));
  return item('yearly-mvr', title, '391.51(b)(4)', {
    ...until,
    on: mvr?.obtainedOn ?? null,
    note: first.state,
    eventIds,
  });
}

function yearlyReview(file: File): FileItem {
  const { record, context } = file;
  const due = instantOf(fileSignals(context), 'reviewDueAt');
  const title = 'Note of the yearly review';
  const done = record?.review?.on ?? (record ? verifiedDocument(record, 'annual_review')?.on : null) ?? null;
  const found: Found =
    done === null || due === null
      ? within(file, due?.ms ?? null, 'a year after employment')
      : {
          ...dated(file, due.ms, context.parameter('DT13', 'warnDays')),
          on: done,
          note: record?.review?.reviewer ?? '',
          eventIds: due.eventIds,
        };
  return item('yearly-review', title, '391.51(b)(5)', found);
}

function medical(file: File): FileItem {
  const { governing, notQualified } = medicalStanding(file.record);
  const ends = instantOf(medicalSignals(file.context).signals, 'medicalEndsAt');
  const title = "Medical examiner's certificate";
  const note = notQualified
    ? `found not qualified on ${notQualified.examOn}`
    : waiting(file, 'medical_certificate');
  const found: Found =
    governing === null || ends === null
      ? absent(note)
      : {
          ...dated(file, ends.ms, file.context.parameter('DT06', 'warnDays')),
          on: governing.examOn,
          note: '',
          eventIds: ends.eventIds,
        };
  return item('medical', title, '391.51(b)(6)(i)', found);
}

function cdlisRecord(file: File): FileItem {
  const title = 'CDLIS record with the medical status';
  const { cdlis } = file.record ?? { cdlis: null };
  if (file.person.requirements.dot?.class !== 'CI')
    return item('cdlis', title, '391.51(b)(6)(ii)', noNeed('for CDL holders only'));
  if (cdlis === null) return item('cdlis', title, '391.51(b)(6)(ii)', absent());
  const found: Found = {
    state: cdlis.status === 'certified' ? 'present' : 'missing',
    on: cdlis.readOn,
    until: null,
    note: cdlis.status === 'certified' ? '' : `read as ${cdlis.status.replaceAll('_', ' ')}`,
    eventIds: cdlis.eventIds,
  };
  return item('cdlis', title, '391.51(b)(6)(ii)', found);
}

function variance(file: File): FileItem {
  const { governing } = medicalStanding(file.record);
  const title = 'Skill performance certificate or medical exemption';
  const last = governing?.varianceTo ?? null;
  if (governing === null || last === null)
    return item('variance', title, '391.51(b)(7)', noNeed('the certificate rests on none'));
  const state = dateAt(file.atMs, file.person.zone) > last ? 'late' : 'present';
  const { examOn: on, eventIds } = governing;
  return item('variance', title, '391.51(b)(7)', { state, on, until: last, note: '', eventIds });
}

function registryNote(file: File): FileItem {
  const title = 'Note that the examiner is on the National Registry';
  if (file.person.requirements.dot?.class === 'CI')
    return item('registry', title, '391.51(b)(8)', noNeed('for CDL holders until 22 June 2025'));
  const { governing } = medicalStanding(file.record);
  const found: Found =
    governing?.examinerOnRegistry === true
      ? { state: 'present', on: governing.examOn, until: null, note: '', eventIds: governing.eventIds }
      : (paper(file, 'registry_note') ?? absent(waiting(file, 'registry_note')));
  return item('registry', title, '391.51(b)(8)(i)', found);
}

function safetyHistory(file: File): FileItem {
  const got = file.record?.histories.find(
    (one) => one.kind === 'safety' && (one.outcome === 'received' || one.outcome === 'effort_documented'),
  );
  const due = instantOf(fileSignals(file.context), 'inquiriesDueAt');
  const found: Found =
    got === undefined
      ? (paper(file, 'safety_history') ?? within(file, due?.ms ?? null, 'within 30 days of employment'))
      : {
          state: 'present',
          on: got.on,
          until: null,
          note: got.outcome === 'received' ? '' : 'good faith effort documented',
          eventIds: got.eventIds,
        };
  return item('safety-history', 'Safety performance history (kept apart, 391.53)', '391.23(c)', found);
}

function furnished(file: File): FileItem {
  const found = paper(file, 'furnished_certificate') ?? absent(waiting(file, 'furnished_certificate'));
  return item('furnished', "The other carrier's certificate", '391.65(a)', found);
}
