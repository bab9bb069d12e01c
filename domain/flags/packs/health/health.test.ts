import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { PersonFacts } from '#contracts/person-facts';
import { caseDays, establishmentSchema, fold, type Establishment } from '#domain/health';
import { eventMaker } from '../../../../tests/support/module-events.ts';
import {
  at,
  evaluateVector,
  vectorPerson,
  verdict,
  type VectorInput,
} from '../../../../tests/support/rule-vectors.ts';
import { removalState } from './blood-lead.ts';
import { decideEstablishment } from '../../index.ts';
import type { Exposure } from './exposures.ts';
import { healthPack } from './index.ts';

const make = eventMaker('health');

function worker(
  exposure: Partial<Exposure> & { agent: string },
  over: Partial<PersonFacts> = {},
): PersonFacts {
  const full: Exposure = {
    sector: 'general',
    from: '2021-02-01',
    to: null,
    level: null,
    daysPerYear: null,
    respiratorDays: null,
    facepiece: null,
    ...exposure,
  };
  return vectorPerson({ requirements: { health: { exposures: [full] } }, ...over });
}

function input(events: ComplianceEvent[], atMs: number, person: PersonFacts) {
  return { pack: healthPack, record: events.length === 0 ? null : fold(events), person, atMs };
}
const decide = (
  events: ComplianceEvent[],
  atMs: number,
  person: PersonFacts,
  more: Partial<VectorInput<never>> = {},
) => verdict({ ...more, ...input(events, atMs, person) });

const exam = (program: string, on: string, outcome: string, over: Record<string, unknown> = {}, ref = 'x1') =>
  make('exam.completed', ref, on, { program, examOn: on, outcome, restrictions: [], nextBy: null, ...over });
const fit = (on: string, facepiece: string, passed = true) =>
  make('fit_test.recorded', 'fit', on, { on, facepiece, method: 'quantitative', passed });
const lead = (sampledOn: string, receivedOn: string, ugPerDl: number, kind = 'periodic') =>
  make('blood_lead.recorded', 'lead', receivedOn, { sampledOn, receivedOn, ugPerDl, kind });
const audiogram = (on: string, over: Record<string, unknown> = {}) =>
  make('audiogram.recorded', 'aud', on, {
    on,
    baseline: false,
    shiftDb: { left: 0, right: 0 },
    levelDb: { left: 5, right: 5 },
    retest: false,
    ...over,
  });
const leadWorker = worker({ agent: 'lead', sector: 'construction', daysPerYear: 120 });
const masked = worker({ agent: 'dust', facepiece: 'Half mask M', respiratorDays: 60 });
const evaluated = exam('respirator', '2021-01-20', 'cleared', {}, 'resp');
const caseEvents = (eventAt: string, infoAt: string) => [
  make('case.reported', 'case-1', infoAt, { eventAt, infoAt, kind: 'injury', privacy: false }),
];

describe('worked examples', () => {
  test('H1 a fit test serves twelve months', () => {
    expect(decide([evaluated, fit('2025-03-10', 'Half mask M')], at('2026-03-10T12:00'), masked)).toEqual({
      flag: 'Y',
      rules: ['HL03'],
      next: '2026-03-11T05:00Z R!',
    });
  });

  test('H2 a new facepiece asks for a test of its own', () => {
    const changed = make('facepiece.changed', 'face', '2026-02-01', {
      on: '2026-02-01',
      facepiece: 'Full face F',
    });
    const events = [evaluated, fit('2025-03-10', 'Half mask M'), changed];
    expect(decide(events, at('2026-02-01T12:00'), masked)).toEqual({
      flag: 'R!',
      rules: ['HL03'],
      next: null,
    });
  });

  test('H3 noise in construction has no audiogram interval', () => {
    const person = worker({ agent: 'noise', sector: 'construction', level: 92 });
    expect(decide([], at('2026-05-01T12:00'), person)).toEqual({ flag: 'G', rules: ['HL14'], next: null });
  });

  test('H4 a yearly audiogram late by a day', () => {
    const person = worker({ agent: 'noise', level: 90 });
    const events = [audiogram('2025-05-01', { baseline: true })];
    expect(decide(events, at('2026-05-02T00:00'), person)).toEqual({
      flag: 'R',
      rules: ['HL09'],
      next: null,
    });
  });

  test('H5 offered in time and declined: not late, the refusal is kept', () => {
    const person = worker({
      agent: 'silica',
      sector: 'construction',
      respiratorDays: 40,
      from: '2026-03-19',
    });
    const due = decide([evaluated], at('2026-04-01T12:00'), person);
    expect(due).toEqual({ flag: 'Y', rules: ['HL06'], next: '2026-04-19T05:00Z R' });
    const declined = make('exam.declined', 'x1', '2026-04-10', {
      program: 'silica',
      offeredOn: '2026-04-10',
      declinedOn: '2026-04-10',
    });
    expect(decide([evaluated, declined], at('2026-04-20T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['HL12'],
      next: null,
    });
  });

  test('H6 the first high blood lead leaves two weeks for the follow-up', () => {
    expect(decide([lead('2026-02-09', '2026-02-12', 52)], at('2026-02-20T12:00'), leadWorker)).toEqual({
      flag: 'Y',
      rules: ['HL02'],
      next: '2026-02-27T06:00Z R',
    });
  });

  test('H7 hepatitis B within ten working days, to 17:00 of the last', () => {
    const person = worker({ agent: 'bloodborne', from: '2026-06-29' });
    expect(decide([], at('2026-07-14T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['HL10'],
      next: '2026-07-14T22:00Z R',
    });
  });

  test('H8 an unlogged case is red, the person is not', () => {
    const person = worker({ agent: 'noise', sector: 'construction', level: 80 });
    const events = caseEvents('2026-02-19T15:00:00.000Z', '2026-02-20T15:00:00.000Z');
    const evaluation = evaluateVector(input(events, at('2026-02-28T00:00'), person));
    expect(evaluation.general.flag).toBe('green');
    expect(evaluation.cases.map((reason) => [reason.ruleId, reason.flag, reason.hold])).toEqual([
      ['HK1', 'red', false],
    ]);
    const before = evaluateVector(input(events, at('2026-02-27T23:59'), person));
    expect(before.cases.map((reason) => reason.flag)).toEqual(['yellow']);
  });

  test('H9 away since the injury: 180 days, frozen', () => {
    const spells = [{ kind: 'away' as const, from: '2025-11-11', to: null }];
    expect(caseDays({ spells }, '2025-11-10', '2026-05-09')).toEqual({
      away: 180,
      restricted: 0,
      frozen: true,
    });
    expect(caseDays({ spells }, '2025-11-10', '2026-05-08')).toMatchObject({ away: 179, frozen: false });
    expect(caseDays({ spells }, '2025-11-10', '2026-09-01').away).toBe(180);
  });

  test('H10 a 300A not posted on 2 February, no weekend roll', () => {
    const { reasons } = decideEstablishment(site(), at('2026-02-02T08:00'));
    expect(reasons.map((reason) => [reason.ruleId, reason.flag])).toEqual([['HU1', 'red']]);
    expect(decideEstablishment(site(), at('2026-02-01T23:59')).reasons).toEqual([]);
    expect(decideEstablishment(site(), at('2026-05-01T00:00')).reasons).toEqual([]);
  });

  test('H11 a pending outcome is for the clinic', () => {
    const person = worker({ agent: 'noise', sector: 'construction', level: 80 });
    const events = [exam('general', '2026-03-01', 'pending')];
    expect(decide(events, at('2026-03-05T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['HL11'],
      next: null,
    });
  });
});

function site(over: Partial<Establishment> = {}): Establishment {
  return establishmentSchema.parse({
    id: 'loc-1',
    name: 'Yard 4',
    timeZone: 'America/Chicago',
    peakEmployees: 15,
    naics: '484121',
    inAppendixA: true,
    inAppendixB: false,
    partlyExempt: false,
    summaries: {},
    ...over,
  });
}

const severe = (outcome: string, publicRoadCrash = false) =>
  make('case.severe_outcome', 'case-1', '2026-03-02T16:00:00.000Z', {
    outcome,
    at: '2026-03-02T15:00:00.000Z',
    learnedAt: '2026-03-02T16:00:00.000Z',
    publicRoadCrash,
  });

describe('rows that no worked example shows', () => {
  test('HL01 not cleared holds until a later examination clears', () => {
    const person = worker({ agent: 'noise', sector: 'construction' });
    const events = [exam('general', '2026-03-01', 'not_cleared')];
    expect(decide(events, at('2026-03-05T12:00'), person)).toMatchObject({ flag: 'R!', rules: ['HL01'] });
    const later = [...events, exam('general', '2026-03-20', 'cleared', {}, 'x2')];
    expect(decide(later, at('2026-03-21T12:00'), person).flag).toBe('G');
  });

  test('HL02 both tests at the level remove; two in a row below the return level bring back', () => {
    const pair = [lead('2026-02-09', '2026-02-12', 52), lead('2026-02-20', '2026-02-24', 55, 'follow_up')];
    expect(decide(pair, at('2026-02-25T12:00'), leadWorker)).toMatchObject({ flag: 'R!', rules: ['HL02'] });
    const oneLow = [...pair, lead('2026-03-25', '2026-03-28', 38)];
    expect(decide(oneLow, at('2026-03-29T12:00'), leadWorker).flag).toBe('R!');
    const twoLow = [...oneLow, lead('2026-04-25', '2026-04-28', 37)];
    expect(decide(twoLow, at('2026-04-29T12:00'), leadWorker).flag).toBe('G');
  });

  test('HL02 a follow-up below the level closes the first; a test at 40 breaks the row of low ones', () => {
    const test1 = fold([
      lead('2026-02-09', '2026-02-12', 52),
      lead('2026-02-20', '2026-02-24', 49),
    ]).bloodLeads;
    expect(removalState(test1, 50, 40)).toMatchObject({ removedBy: null, firstHigh: null });
    const levels = [52, 55, 38, 41, 39].map((level, index) =>
      lead(`2026-0${index + 1}-10`, `2026-0${index + 1}-12`, level),
    );
    expect(removalState(fold(levels).bloodLeads, 50, 40)).toMatchObject({ lowInRow: 1 });
    expect(removalState(fold(levels).bloodLeads, 50, 40).removedBy).not.toBeNull();
  });

  test('HL04 a respirator user without an evaluation; pending is none', () => {
    const fitted = fit('2026-01-10', 'Half mask M');
    expect(decide([fitted], at('2026-03-05T12:00'), masked)).toMatchObject({ flag: 'R!', rules: ['HL04'] });
    const pending = exam('respirator', '2026-03-01', 'pending');
    expect(decide([fitted, pending], at('2026-03-05T12:00'), masked)).toMatchObject({
      flag: 'R!',
      rules: ['HL04', 'HL11'],
    });
  });

  test('HL05 a physician may set up to 24 months; at the end of exposure one within six months', () => {
    const person = worker({ agent: 'hazwoper' });
    const events = [exam('hazwoper', '2025-01-10', 'cleared', { nextBy: '2027-06-01' })];
    expect(decide(events, at('2026-03-05T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['HL14'],
      next: '2026-12-11T06:00Z Y',
    });
    const gone = worker({ agent: 'hazwoper', to: '2026-02-15' });
    expect(decide(events, at('2026-03-05T12:00'), gone)).toMatchObject({ flag: 'R', rules: ['HL05'] });
  });

  test('HL08 every two months at first, six later', () => {
    const fresh = worker({ agent: 'lead', sector: 'construction', daysPerYear: 60, from: '2026-01-05' });
    expect(decide([lead('2026-02-20', '2026-02-24', 8)], at('2026-03-01T12:00'), fresh)).toMatchObject({
      flag: 'G',
      next: '2026-04-06T05:00Z Y',
    });
    expect(decide([lead('2026-02-20', '2026-02-24', 8)], at('2026-08-21T12:00'), leadWorker).flag).toBe('R');
    expect(decide([lead('2026-02-20', '2026-02-24', 8)], at('2026-05-21T12:00'), leadWorker).flag).toBe('G');
  });

  test('HL11 a hearing shift awaits its retest', () => {
    const person = worker({ agent: 'noise', level: 90 });
    const shift = audiogram('2026-03-01', { shiftDb: { left: 12, right: 3 } });
    expect(decide([shift], at('2026-03-05T12:00'), person)).toMatchObject({ flag: 'Y', rules: ['HL11'] });
    const retested = audiogram('2026-03-20', { retest: true });
    expect(decide([shift, retested], at('2026-03-21T12:00'), person).flag).toBe('G');
  });

  test('HL11 no result 30 days after the scheduled day; HL13 a silent clinic before that', () => {
    const person = worker({ agent: 'noise', sector: 'construction' });
    const booked = make('exam.scheduled', 'x1', '2026-03-01', {
      program: 'general',
      scheduledOn: '2026-03-10',
    });
    expect(decide([booked], at('2026-03-05T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['HL14'],
      next: '2026-04-10T05:00Z Y',
    });
    const sources = {
      csv: { lastEventAtMs: at('2026-03-01T10:00'), failingSinceMs: null, silenceMs: 168 * 3_600_000 },
    };
    expect(decide([booked], at('2026-03-12T12:00'), person, { sources })).toMatchObject({
      flag: 'S',
      rules: ['HL13'],
    });
  });

  test('HK2 a death is due 8 hours after it became known, a hospitalisation 24; a road crash is only recorded', () => {
    const person = vectorPerson();
    const base = caseEvents('2026-03-02T14:00:00.000Z', '2026-03-02T16:00:00.000Z');
    const due = (event: ComplianceEvent) =>
      evaluateVector(input([...base, event], at('2026-03-02T12:00'), person))
        .cases.filter((reason) => reason.ruleId === 'HK2')
        .map((reason) => reason.dueAt);
    expect(due(severe('death'))).toEqual(['2026-03-03T00:00:00.000Z']);
    expect(due(severe('in_patient'))).toEqual(['2026-03-03T16:00:00.000Z']);
    expect(due(severe('in_patient', true))).toEqual([]);
  });

  test('a privacy case shows its tasks to the DER alone, and no name', () => {
    const reported = make('case.reported', 'case-9', '2026-02-20', {
      eventAt: '2026-02-19T15:00:00.000Z',
      infoAt: '2026-02-20T15:00:00.000Z',
      kind: 'injury',
      privacy: true,
    });
    const { general, der, cases } = evaluateVector(input([reported], at('2026-02-22T12:00'), vectorPerson()));
    expect(general.tasks).toEqual([]);
    expect(der?.tasks.map((task) => task.title)).toEqual([
      'Record the privacy case on the 300 log and form 301',
    ]);
    expect(cases[0]?.message).not.toContain('case-9');
  });

  test('HU2 electronic submission by 2 March, by the peak head count', () => {
    const big = site({ peakEmployees: 100, inAppendixB: true, summaries: {} });
    const red = decideEstablishment(big, at('2026-03-03T00:00')).reasons.map((reason) => reason.ruleId);
    expect(red).toEqual(['HU1', 'HU2']);
    const sent = {
      '2025': { certifiedOn: '2026-01-20', postedOn: '2026-01-25', itaSubmittedOn: '2026-02-20' },
    };
    expect(decideEstablishment({ ...big, summaries: sent }, at('2026-03-03T00:00')).reasons).toEqual([]);
    expect(decideEstablishment(site(), at('2026-06-03T00:00')).reasons).toEqual([]);
  });

  test('nobody is in a program without a requirement', () => {
    expect(verdict(input([], at('2026-03-05T12:00'), vectorPerson())).flag).toBe('-');
  });
});

const noise = (over: Partial<PersonFacts>) => worker({ agent: 'noise', level: 90, from: '2020-01-01' }, over);

describe('employment', () => {
  test('nobody is exposed before the first day of employment', () => {
    const person = noise({ periods: [{ from: '2026-03-01', to: null }] });
    expect(decide([], at('2026-05-20T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['HL14'],
      next: '2026-08-02T05:00Z Y',
    });
  });

  test('an applicant is held for what must be in order before work', () => {
    const person = worker(
      { agent: 'dust', facepiece: 'Half mask M' },
      { phase: 'applicant', periods: [{ from: '2026-08-01', to: null }] },
    );
    expect(decide([], at('2026-05-20T12:00'), person)).toMatchObject({ flag: 'Y!', rules: ['HL03', 'HL04'] });
  });

  test('after a break surveillance begins anew; a silica examination of the last three years carries over', () => {
    const periods = [
      { from: '2021-02-01', to: '2026-01-31' },
      { from: '2026-04-01', to: null },
    ];
    const fitted = [evaluated, fit('2025-12-10', 'Half mask M')];
    expect(decide(fitted, at('2026-05-20T12:00'), { ...masked, periods })).toMatchObject({
      flag: 'R!',
      rules: ['HL03', 'HL04'],
    });
    const dust = worker({ agent: 'silica', sector: 'construction', respiratorDays: 40 }, { periods });
    const cleared = exam('respirator', '2026-04-01', 'cleared', {}, 'resp2');
    const silica = exam('silica', '2025-06-01', 'cleared', {}, 'sil');
    expect(decide([cleared, silica], at('2026-05-20T12:00'), dust)).toMatchObject({ flag: 'G' });
    expect(decide([cleared], at('2026-05-20T12:00'), dust)).toMatchObject({ flag: 'R', rules: ['HL06'] });
  });
});
