import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import type { BackgroundEventType, BackgroundInput } from '#contracts/events/background';
import { fold as foldBackground } from '#domain/background';
import { fold as foldDrugAlcohol } from '#domain/drug-alcohol';
import { createTeller, examplePerson } from '../../tests/support/rule-examples.ts';
import { compilePacks, dryRun, evaluate, forecast } from './index.ts';
import type { EvaluateInput } from './index.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-01-05T15:00:00Z');
const end = Date.parse('2027-06-01T00:00:00Z');
const packs = compilePacks();

type Drug = { [T in DrugAlcoholEventType]: DrugAlcoholInput<T> };
type Back = { [T in BackgroundEventType]: BackgroundInput<T> };
const drug = { test: { dot: true, reason: 'random' as const, kind: 'drug' as const } };
const breath = { test: { dot: true, reason: 'random' as const, kind: 'alcohol' as const } };
const pre = { test: { dot: true, reason: 'pre_employment' as const, kind: 'drug' as const } };

const drugKinds: [DrugAlcoholEventType, unknown][] = [
  ['test.mro_negative', { ...pre, channel: 'mro' }],
  ['test.collected', drug],
  ['test.mro_positive', { ...drug, channel: 'mro' }],
  ['test.no_show', drug],
  ['test.alcohol_confirmed', { ...breath, alc: 0.03, nextDutyAt: '2026-02-20T12:00:00.000Z' }],
  ['suspicion.observed', { substance: 'alcohol' }],
  ['violation.actual_knowledge', { basis: 'x' }],
  ['accident.occurred', { fatal: true, injuryAway: false, tow: false }],
  ['pool.left', { on: '2026-02-01' }],
  ['policy.receipt_signed', {}],
];
const backKinds: [BackgroundEventType, unknown][] = [
  ['order.placed', {}],
  ['report.cleared', {}],
  ['report.considered', {}],
  ['adverse.pre_notice_sent', { copy: true, rights: true }],
  ['dispute.opened', {}],
  ['adjudication.conditional', { condition: 'c' }],
  ['order.cancelled', {}],
];

const rowsOf = <T>(kinds: [T, unknown][]) =>
  fc.array(
    fc.tuple(
      fc.constantFrom(...kinds),
      fc.integer({ min: 0, max: 60 * 24 }),
      fc.constantFrom('one', 'two', 'three'),
    ),
    { maxLength: 8 },
  );
const phases = fc.constantFrom(
  { phase: 'active' as const, returnOn: null },
  { phase: 'applicant' as const, returnOn: null },
  { phase: 'leave' as const, returnOn: '2026-05-01' },
);
const person = {
  ...examplePerson,
  requirements: {
    drugAlcohol: { covered: true, agency: 'FMCSA' as const },
    background: { package: 'p', recheckMonths: 2, trucking: false },
  },
};

function toInput(
  record: unknown,
  module: 'drug_alcohol' | 'background',
  over: object,
  atMs: number,
): EvaluateInput {
  return {
    atMs,
    silenceAtMs: atMs,
    person: { ...person, ...over },
    record,
    sources: {},
    otherFlags: {},
    pack: packs[module],
    backfillUntilMs: Date.parse('2026-03-20T00:00:00Z'),
  };
}

/** Between now and the announced change nothing changes, at it something does, and without one nothing ever does. */
function checkExact(input: EvaluateInput, share: number): void {
  const { general } = evaluate(input);
  const nextMs = general.nextChangeAt === null ? end : Date.parse(general.nextChangeAt);
  const probe = (atMs: number) => {
    const { flag, hold } = evaluate({ ...input, atMs }).general;
    return { flag, hold };
  };
  const now = { flag: general.flag, hold: general.hold };
  expect(probe(input.atMs + Math.floor((nextMs - 1 - input.atMs) * share))).toEqual(now);
  expect(probe(nextMs - 1)).toEqual(now);
  if (general.nextChangeAt === null) return;
  expect(probe(nextMs)).toEqual({ flag: general.nextFlag, hold: general.nextHold });
  expect(probe(nextMs)).not.toEqual(now);
}

describe('the next change', () => {
  test('is exact for any drug and alcohol history', () => {
    fc.assert(
      fc.property(
        rowsOf(drugKinds),
        phases,
        fc.integer({ min: 0, max: 90 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, over, day, share) => {
          const tell = createTeller<Drug>('drug_alcohol');
          const events = rows.map(([[type, payload], hours, subject]) =>
            tell(type, new Date(start + hours * 3_600_000).toISOString(), payload as never, {
              subject: `${subject}${type}`,
            }),
          );
          const atMs = start + day * dayMs;
          const known = foldDrugAlcohol(events.filter((event) => Date.parse(event.occurredAt) <= atMs));
          checkExact(toInput(known, 'drug_alcohol', over, atMs), share);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is exact for any background history', () => {
    fc.assert(
      fc.property(
        rowsOf(backKinds),
        phases,
        fc.integer({ min: 0, max: 90 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, over, day, share) => {
          const tell = createTeller<Back>('background', 'checkr');
          const events = rows.map(([[type, payload], hours, subject]) =>
            tell(type, new Date(start + hours * 3_600_000).toISOString(), payload as never, { subject }),
          );
          const atMs = start + day * dayMs;
          const known = foldBackground(events.filter((event) => Date.parse(event.occurredAt) <= atMs));
          checkExact(toInput(known, 'background', over, atMs), share);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('forecast', () => {
  test('lists each change up to the horizon, with the rule that will lead', () => {
    const tell = createTeller<Back>('background', 'checkr');
    const record = foldBackground([
      tell('order.placed', '2026-01-02 10:00', {}),
      tell('report.cleared', '2026-01-05 10:00', {}),
    ]);
    const input = {
      ...toInput(record, 'background', {}, Date.parse('2026-01-20T12:00:00Z')),
      backfillUntilMs: null,
    };
    expect(forecast(input, Date.parse('2026-12-31T00:00:00Z'))).toMatchObject([
      { at: '2026-02-03T06:00:00.000Z', flag: 'yellow', hold: false, ruleId: 'BG12' },
      { at: '2026-03-06T06:00:00.000Z', flag: 'red', hold: false, ruleId: 'BG12' },
    ]);
    expect(forecast(input, Date.parse('2026-02-28T00:00:00Z'))).toHaveLength(1);
  });
});

describe('dry run', () => {
  test('names who would change, from what to what, by which rule', () => {
    const tell = createTeller<Back>('background', 'checkr');
    const record = foldBackground([
      tell('order.placed', '2026-01-02 10:00', {}),
      tell('report.cleared', '2026-01-05 10:00', {}),
    ]);
    const atMs = Date.parse('2026-01-20T12:00:00Z');
    const input = { ...toInput(record, 'background', {}, atMs), backfillUntilMs: null };
    const stricter = compilePacks({ background: { parameters: { BG12: { warnDays: 60 } } } }).background;
    expect(dryRun([input], stricter)).toMatchObject([
      { employeeId: person.employeeId, from: { flag: 'green' }, to: { flag: 'yellow' }, ruleId: 'BG12' },
    ]);
    expect(dryRun([input], packs.background)).toEqual([]);
  });
});
