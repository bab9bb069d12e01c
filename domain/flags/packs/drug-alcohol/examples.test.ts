import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import { fold } from '#domain/drug-alcohol';
import { createTeller, decideAt, inShort } from '../../../../tests/support/rule-examples.ts';
import type { Setting } from '../../../../tests/support/rule-examples.ts';
import { drugAlcoholPack } from './index.ts';

type Inputs = { [T in DrugAlcoholEventType]: DrugAlcoholInput<T> };
const tell = createTeller<Inputs>('drug_alcohol', 'quest-esp');

const drug = (reason: 'random' | 'pre_employment' | 'return_to_duty' | 'follow_up' | 'post_accident') => ({
  test: { dot: true, reason, kind: 'drug' as const },
});
const breath = { test: { dot: true, reason: 'random' as const, kind: 'alcohol' as const } };
const requirements = { drugAlcohol: { covered: true, agency: 'FMCSA' as const } };

/** Everything else in order: negative pre-employment test and signed policy. */
const inOrder = [
  tell(
    'test.mro_negative',
    '2024-01-05 09:00',
    { ...drug('pre_employment'), channel: 'mro' },
    { subject: 'pre' },
  ),
  tell('policy.receipt_signed', '2024-01-08 09:00', {}, { subject: 'policy' }),
];

function at(when: string, events: ComplianceEvent[], setting: Setting = {}) {
  const record = fold([...inOrder, ...events]);
  return decideAt(drugAlcoholPack, record, when, { ...setting, person: { requirements, ...setting.person } });
}
const shortly = (when: string, events: ComplianceEvent[], setting: Setting = {}) =>
  inShort(at(when, events, setting).general);

const positive = tell('test.mro_positive', '2026-03-02 10:15', { ...drug('random'), channel: 'mro' });

const dilute = (recollectDirected: boolean) => [
  tell('test.mro_negative', '2026-03-02 10:00', {
    ...drug('random'),
    channel: 'mro',
    dilute: true,
    recollectDirected,
  }),
];

describe('worked examples of the drug and alcohol rules', () => {
  const split = tell('test.split_requested', '2026-03-02 10:40', {});
  const notReconfirmed = tell('test.verified_result_cancelled', '2026-03-20 13:00', {
    cause: 'split_not_reconfirmed',
  });

  test('A1: a positive holds at once; a request for the split does not wait', () => {
    expect(shortly('2026-03-02 11:00', [positive, split])).toBe('R! DA01 → none');
  });

  test('A2: the split is not reconfirmed: green again, and the day before is still known as red', () => {
    const events = [positive, split, notReconfirmed];
    expect(shortly('2026-03-20 14:00', events)).toBe('G DA17 → none');
    const knownThen = events.filter((event) => event.receivedAt < '2026-03-19T12:00:00Z');
    expect(shortly('2026-03-19 12:00', knownThen)).toBe('R! DA01 → none');
  });

  test('A3: alcohol 0.031: off duty for 24 hours although the duty begins earlier', () => {
    const events = [
      tell('test.alcohol_screened', '2026-06-10 22:10', { ...breath, alc: 0.033 }),
      tell('test.alcohol_confirmed', '2026-06-10 22:30', {
        alc: 0.031,
        nextDutyAt: '2026-06-11T19:00:00.000Z',
      }),
    ];
    expect(shortly('2026-06-11 15:00', events)).toBe('R! DA02 → 2026-06-12T03:30:00.000Z G');
    expect(shortly('2026-06-11 22:30', events)).toBe('G DA17 → none');
  });

  test('A4: negative-dilute is negative; a directed recollection shows to the DER alone', () => {
    expect(shortly('2026-03-02 11:00', dilute(false))).toBe('G DA17 → none');
    const directed = at('2026-03-02 11:00', dilute(true));
    expect(inShort(directed.general)).toBe('G DA17 → none');
    expect(inShort(directed.der!)).toBe('Y DA08 → none');
  });

  test('A5: a cancelled random needs no recollection', () => {
    const cancelled = tell('test.mro_cancelled', '2026-03-02 10:00', {
      ...drug('random'),
      channel: 'mro',
      cause: 'fatal_flaw',
    });
    expect(shortly('2026-03-03 10:00', [cancelled])).toBe('G DA17 → none');
  });

  test('A6: an applicant whose pre-employment test was cancelled', () => {
    const record = fold([
      tell('test.mro_cancelled', '2026-03-02 10:00', {
        ...drug('pre_employment'),
        channel: 'mro',
        cause: 'fatal_flaw',
      }),
    ]);
    const person = { requirements, phase: 'applicant' as const, periods: [] };
    const decided = decideAt(drugAlcoholPack, record, '2026-03-03 10:00', { person });
    expect(inShort(decided.general)).toBe('Y! DA04, DA08 → none');
  });

  test('A7: the vendor says refused; only the DER decides, by the close of the next business day', () => {
    const refused = tell('test.refusal_reported', '2026-05-05 16:00', drug('random'));
    const { general } = at('2026-05-05 16:30', [refused]);
    expect(inShort(general)).toBe('Y! DA09 → none');
    expect(general.tasks).toEqual([
      { ruleId: 'DA09', title: 'Decide: refusal or excused', dueAt: '2026-05-06T22:00:00.000Z' },
    ]);
  });

  test('A8: the steps between collection and result change nothing', () => {
    const steps = [
      tell('test.collected', '2026-05-05 08:00', drug('random')),
      tell('test.lab_received', '2026-05-06 08:00', {}),
      tell('test.lab_reported', '2026-05-07 08:00', {}),
    ];
    for (const count of [1, 2, 3]) {
      expect(shortly('2026-05-07 12:00', steps.slice(0, count))).toBe('G DA17 → none');
    }
    const forgotten = at('2026-05-17 08:00', steps);
    expect(inShort(forgotten.general)).toBe('S DA15 → none');
    expect(at('2026-05-07 12:00', steps).recheckAtMs).toBe(Date.parse('2026-05-17T13:00:00Z'));
  });

  test('A9: a correction of the MRO turns a negative; the day before is still known as green', () => {
    const negative = tell('test.mro_negative', '2026-02-10 10:00', { ...drug('random'), channel: 'mro' });
    const corrected = tell('test.mro_corrected', '2026-02-12 08:30', { result: 'positive' }, { version: 2 });
    expect(shortly('2026-02-12 09:00', [negative, corrected])).toBe('R! DA01 → none');
    expect(shortly('2026-02-11 09:00', [negative])).toBe('G DA17 → none');
  });

  test('A10: the negative return-to-duty test is to be reported by the close of the third business day', () => {
    const record = [
      positive,
      tell('clearinghouse.reported', '2026-03-03 10:00', {}),
      tell('sap.evaluated', '2026-03-10 10:00', {}, { subject: 'sap' }),
      tell('sap.complied', '2026-11-20 10:00', { followUpTests: 6 }, { subject: 'sap' }),
      tell('test.collected', '2026-11-23 10:00', drug('return_to_duty'), { subject: 'rtd' }),
      tell('test.mro_negative', '2026-11-25 16:00', { channel: 'mro' }, { subject: 'rtd' }),
    ];
    expect(shortly('2026-11-30 12:00', record)).toBe('Y DA06 → 2026-12-01T23:00:00.000Z R');
    expect(shortly('2026-12-01 17:00', record)).toBe('R DA06 → none');
    const reported = tell('clearinghouse.reported', '2026-12-02 09:00', {}, { subject: 'rtd' });
    expect(shortly('2026-12-02 10:00', [...record, reported])).toBe('G DA17 → none');
  });

  test('A11: a positive that arrives after the end of employment waits for the return', () => {
    const late = tell('test.mro_positive', '2026-05-04 10:00', { ...drug('random'), channel: 'mro' });
    const gone = { phase: 'terminated' as const, periods: [{ from: '2024-01-08', to: '2026-05-01' }] };
    expect(shortly('2026-05-05 12:00', [late], { person: gone })).toBe('-  → none');
    const periods = [...gone.periods, { from: '2026-09-01', to: null }];
    const again = tell(
      'test.mro_negative',
      '2026-08-28 10:00',
      { ...drug('pre_employment'), channel: 'mro' },
      { subject: 'pre2' },
    );
    expect(shortly('2026-09-01 12:00', [late, again], { person: { periods } })).toBe('R! DA01 → none');
    expect(shortly('2026-09-01 12:00', [late], { person: { periods } })).toBe('R! DA01, DA04 → none');
  });

  test('A12: a company test of someone who is not covered is a matter of company policy', () => {
    const company = tell('test.mro_positive', '2026-05-04 10:00', {
      test: { dot: false, reason: 'random', kind: 'drug' },
      channel: 'lab',
    });
    const record = fold([company]);
    const person = { requirements: { drugAlcohol: { covered: false, agency: null } } };
    expect(inShort(decideAt(drugAlcoholPack, record, '2026-05-05 10:00', { person }).general)).toBe(
      'Y DA16 → none',
    );
    expect(inShort(decideAt(drugAlcoholPack, null, '2026-05-05 10:00', { person }).general)).toBe(
      '-  → none',
    );
  });
});
