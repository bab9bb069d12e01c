import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { PersonFacts } from '#contracts/person-facts';
import { apply, fold } from '#domain/training';
import { eventMaker } from '../../../../tests/support/module-events.ts';
import {
  at,
  evaluateVector,
  vectorPerson,
  verdict,
  type VectorInput,
} from '../../../../tests/support/rule-vectors.ts';
import { trainingPack } from './index.ts';

const make = eventMaker('training');
type Need = NonNullable<PersonFacts['requirements']['training']>['needs'][number];

function learner(need: Partial<Need> & { item: string }, over: Partial<PersonFacts> = {}): PersonFacts {
  const full: Need = { basis: 'law', beforeWork: true, intervalMonths: null, from: '2021-02-01', ...need };
  return vectorPerson({ requirements: { training: { needs: [full] } }, ...over });
}
const policy = { basis: 'policy' as const, beforeWork: false };

const decide = (
  events: ComplianceEvent[],
  atMs: number,
  person: PersonFacts,
  more: Partial<VectorInput<never>> = {},
) =>
  verdict({ ...more, pack: trainingPack, record: events.length === 0 ? null : fold(events), person, atMs });

const completed = (item: string, on: string, over: Record<string, unknown> = {}) =>
  make('completion.recorded', `done-${item}`, on, {
    item,
    completedOn: on,
    hours: null,
    fieldDays: null,
    passed: true,
    tested: true,
    ...over,
  });
const assigned = (item: string, on: string, dueOn: string | null, graceDays = 0) =>
  make('assignment.created', `asg-${item}`, on, {
    item,
    assignedAt: `${on}T15:00:00.000Z`,
    dueOn,
    graceDays,
  });
function certified(
  item: string,
  issuedOn: string,
  expiresOn: string | null,
  ref = 'cert-1',
): ComplianceEvent[] {
  return [
    make('certificate.uploaded', ref, issuedOn, { item, uploadedAt: `${issuedOn}T15:00:00.000Z` }),
    make('certificate.read', ref, issuedOn, { item, confidence: 0.98, issuedOn, expiresOn }),
    make('certificate.verified', ref, issuedOn, { item, issuedOn, expiresOn, verifiedBy: 'usr_1' }),
  ];
}
const supervised = (item: string, from: string) =>
  make('supervision.recorded', `sup-${item}`, from, { item, from, supervised: true });
const evaluation = (item: string, on: string, passed = true) =>
  make('evaluation.recorded', `eval-${item}`, on, { item, on, passed, evaluator: 'E. Valuator' });

describe('worked examples', () => {
  test('T1 bloodborne training serves twelve months', () => {
    const person = learner({ item: 'bloodborne' });
    expect(decide([completed('bloodborne', '2025-01-31')], at('2026-01-31T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['TR06'],
      next: '2026-02-01T06:00Z R',
    });
  });

  test('T2 hazmat: 90 days under supervision', () => {
    const person = learner({ item: 'hazmat' }, { periods: [{ from: '2026-01-15', to: null }] });
    expect(decide([supervised('hazmat', '2026-01-15')], at('2026-04-15T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['TR02'],
      next: '2026-04-16T05:00Z R!',
    });
    expect(decide([], at('2026-01-20T12:00'), person)).toEqual({ flag: 'R!', rules: ['TR02'], next: null });
  });

  test('T3 hazmat of a leap day is over on 1 March three years later', () => {
    const person = learner({ item: 'hazmat' });
    const events = [completed('hazmat', '2024-02-29')];
    expect(decide(events, at('2027-03-01T00:00'), person)).toEqual({
      flag: 'R!',
      rules: ['TR03'],
      next: null,
    });
    expect(decide(events, at('2027-02-28T23:59'), person).flag).toBe('Y');
  });

  test('T4 fall protection of 2019 has no yearly end', () => {
    const person = learner({ item: 'fall_protection' });
    expect(decide([completed('fall_protection', '2019-06-01')], at('2026-05-01T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: null,
    });
  });

  test('T5 suspicion training of 2015 is enough', () => {
    const person = learner({ item: 'driver_supervisor' });
    expect(decide([completed('driver_supervisor', '2015-06-01')], at('2026-05-01T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: null,
    });
    expect(decide([], at('2026-05-01T12:00'), person)).toEqual({ flag: 'R', rules: ['TR11'], next: null });
  });

  test('T6 a waiver of a policy item ends by itself', () => {
    const person = learner({ item: 'code_of_conduct', ...policy });
    const events = [
      assigned('code_of_conduct', '2026-04-01', '2026-04-30'),
      make('waiver.granted', 'w1', '2026-04-20', {
        item: 'code_of_conduct',
        to: '2026-05-31',
        grantedBy: 'usr_1',
        reason: 'long illness',
      }),
    ];
    expect(decide(events, at('2026-05-20T12:00'), person)).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: '2026-06-01T05:00Z R',
    });
    expect(decide(events, at('2026-06-01T00:00'), person)).toEqual({
      flag: 'R',
      rules: ['TR12'],
      next: null,
    });
  });

  test('T7 hazmat cannot be waived', () => {
    const person = learner({ item: 'hazmat' });
    const waiver = make('waiver.granted', 'w1', '2026-04-20', {
      item: 'hazmat',
      to: '2026-12-31',
      grantedBy: 'usr_1',
      reason: 'none',
    });
    const events = [completed('hazmat', '2022-03-01')];
    expect(apply(fold(events), waiver).outcome).toEqual({
      refused: 'Training the law requires cannot be waived: hazmat',
    });
    expect(decide([...events, waiver], at('2026-05-01T12:00'), person)).toEqual({
      flag: 'R!',
      rules: ['TR03'],
      next: null,
    });
  });

  test('T8 a certificate serves through its last day', () => {
    const person = learner({ item: 'first_aid', ...policy });
    expect(
      decide(certified('first_aid', '2024-05-20', '2026-05-20'), at('2026-05-20T12:00'), person),
    ).toEqual({
      flag: 'Y',
      rules: ['TR14'],
      next: '2026-05-21T05:00Z R!',
    });
  });

  test('T9 an unverified upload does not take the older certificate’s place', () => {
    const person = learner({ item: 'first_aid', ...policy });
    const events = [
      ...certified('first_aid', '2024-09-30', '2026-09-30'),
      make('certificate.uploaded', 'cert-2', '2026-08-30', {
        item: 'first_aid',
        uploadedAt: '2026-08-30T15:00:00.000Z',
      }),
      make('certificate.read', 'cert-2', '2026-08-30', {
        item: 'first_aid',
        confidence: 0.62,
        issuedOn: '2026-08-28',
        expiresOn: '2028-08-28',
      }),
    ];
    expect(decide(events, at('2026-09-01T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['TR13', 'TR14'],
      next: '2026-10-01T05:00Z R!',
    });
  });

  test('T10 a crane certificate without the employer’s evaluation', () => {
    const person = learner({ item: 'crane_operator' });
    const events = certified('crane_operator', '2024-05-20', '2029-05-20');
    expect(decide(events, at('2026-05-20T12:00'), person)).toEqual({
      flag: 'R!',
      rules: ['TR09'],
      next: null,
    });
    expect(
      decide([...events, evaluation('crane_operator', '2024-06-01')], at('2026-05-20T12:00'), person),
    ).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: '2029-02-19T06:00Z Y',
    });
  });

  test('T11 acknowledged is not completed', () => {
    const person = learner({ item: 'code_of_conduct', ...policy });
    const events = [
      assigned('code_of_conduct', '2026-07-01', '2026-08-10'),
      make('assignment.acknowledged', 'asg-code_of_conduct', '2026-07-05', {
        item: 'code_of_conduct',
        at: '2026-07-05T15:00:00.000Z',
      }),
    ];
    expect(decide(events, at('2026-08-11T00:00'), person)).toEqual({
      flag: 'R',
      rules: ['TR12'],
      next: null,
    });
    expect(decide(events, at('2026-08-10T23:59'), person)).toMatchObject({ flag: 'Y', rules: ['TR14-DUE'] });
  });
});

describe('rows that no worked example shows', () => {
  const day = at('2026-05-20T12:00');

  test('TR01 a revoked certificate stops the task', () => {
    const person = learner({ item: 'first_aid', ...policy });
    const revoked = make('certificate.revoked', 'cert-1', '2026-05-01', {
      item: 'first_aid',
      reason: 'fraud',
    });
    expect(
      decide([...certified('first_aid', '2025-05-20', '2027-05-20'), revoked], day, person),
    ).toMatchObject({
      flag: 'R!',
      rules: ['TR01', 'TR12'],
    });
  });

  test('TR02 trained but not tested is not trained', () => {
    const person = learner({ item: 'hazmat' });
    const events = [completed('hazmat', '2026-02-01', { tested: false })];
    expect(decide(events, day, person)).toMatchObject({ flag: 'R!', rules: ['TR02'] });
  });

  test('TR03 a revised security plan gives 90 days', () => {
    const person = learner({ item: 'hazmat' });
    const revised = make('trigger.observed', 't1', '2026-04-01', {
      item: 'hazmat',
      kind: 'security_plan_revised',
      on: '2026-04-01',
    });
    expect(decide([completed('hazmat', '2025-06-01'), revised], day, person)).toEqual({
      flag: 'Y',
      rules: ['TR03'],
      next: '2026-07-01T05:00Z R!',
    });
  });

  test('TR04 and TR05 hours and field days count, then the yearly eight hours', () => {
    const person = learner({ item: 'hazwoper_general' });
    const short = completed('hazwoper_general', '2025-08-01', { hours: 40, fieldDays: 2 });
    expect(decide([short], day, person)).toMatchObject({ flag: 'R!', rules: ['TR04'] });
    const full = completed('hazwoper_general', '2024-08-01', { hours: 40, fieldDays: 3 });
    expect(decide([full], day, person)).toMatchObject({ flag: 'R', rules: ['TR05'] });
    const refresher = completed('hazwoper_refresher', '2026-01-10', { hours: 8 });
    expect(decide([full, refresher], day, person)).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: '2026-12-11T06:00Z Y',
    });
  });

  test('TR08 an observed gap opens the training again until it is repeated', () => {
    const person = learner({ item: 'scaffold' });
    const gap = make('trigger.observed', 't1', '2026-05-01', {
      item: 'scaffold',
      kind: 'observed_gap',
      on: '2026-05-01',
    });
    const events = [completed('scaffold', '2020-01-10'), gap];
    expect(decide(events, day, person)).toMatchObject({ flag: 'R!', rules: ['TR08'] });
    expect(decide([...events, completed('scaffold', '2026-05-10')], day, person).flag).toBe('G');
  });

  test('TR09 a monitored trainee', () => {
    const person = learner({ item: 'crane_operator' });
    expect(decide([supervised('crane_operator', '2026-05-01')], day, person)).toMatchObject({
      flag: 'Y',
      rules: ['TR09-TRAINEE'],
    });
  });

  test('TR10 a later failed evaluation takes the earlier one’s worth', () => {
    const person = learner({ item: 'forklift' });
    const passed = evaluation('forklift', '2025-01-10');
    expect(decide([passed], day, person)).toEqual({
      flag: 'G',
      rules: ['TR16'],
      next: '2027-12-11T06:00Z Y',
    });
    expect(decide([passed, evaluation('forklift', '2026-04-01', false)], day, person).flag).toBe('R!');
  });

  test('TR12 grace days, a policy interval, and anew after a break in employment', () => {
    const yearly = learner({ item: 'code_of_conduct', ...policy, intervalMonths: 12 });
    const graced = [assigned('code_of_conduct', '2026-04-01', '2026-05-15', 7)];
    expect(decide(graced, day, yearly)).toMatchObject({ flag: 'Y', next: '2026-05-23T05:00Z R' });
    expect(decide([completed('code_of_conduct', '2025-05-19')], day, yearly)).toMatchObject({ flag: 'R' });
    const rehired = {
      ...yearly,
      periods: [
        { from: '2021-02-01', to: '2026-02-01' },
        { from: '2026-04-01', to: null },
      ],
    };
    expect(decide([completed('code_of_conduct', '2026-01-10')], day, rehired)).toMatchObject({
      flag: 'R',
      rules: ['TR12'],
    });
  });

  test('TR15 an open assignment of a silent learning system', () => {
    const person = learner({ item: 'code_of_conduct', ...policy });
    const sources = {
      csv: { lastEventAtMs: at('2026-05-01T10:00'), failingSinceMs: null, silenceMs: 168 * 3_600_000 },
    };
    const events = [assigned('code_of_conduct', '2026-05-01', '2026-08-30')];
    expect(decide(events, day, person, { sources })).toMatchObject({ flag: 'S', rules: ['TR15'] });
    expect(
      decide([...events, completed('code_of_conduct', '2026-05-10')], day, person, { sources }).flag,
    ).toBe('G');
  });

  test('nothing required, nothing shown; an assignment alone is followed', () => {
    expect(decide([], day, vectorPerson()).flag).toBe('-');
    const events = [assigned('yard_rules', '2026-05-01', '2026-05-15')];
    expect(decide(events, day, vectorPerson())).toMatchObject({ flag: 'R', rules: ['TR12'] });
  });

  test('tasks name the item and its last day; while history is loaded nothing is missing yet', () => {
    const person = learner({ item: 'bloodborne' });
    const input = { pack: trainingPack, person, atMs: at('2026-01-31T12:00') };
    const done = fold([completed('bloodborne', '2025-01-31')]);
    expect(evaluateVector({ ...input, record: done }).general.tasks).toEqual([
      { ruleId: 'TR06', title: 'Train: bloodborne', dueAt: '2026-02-01T06:00:00.000Z' },
    ]);
    const backfillUntilMs = at('2026-03-01T00:00');
    expect(verdict({ ...input, record: null, backfillUntilMs })).toEqual({
      flag: 'S',
      rules: ['TR06'],
      next: '2026-03-01T06:00Z R',
    });
  });
});
