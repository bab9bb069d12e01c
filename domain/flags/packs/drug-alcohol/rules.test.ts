import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import { fold } from '#domain/drug-alcohol';
import { compilePack } from '../../pack.ts';
import { createTeller, decideAt, inShort, instant } from '../../../../tests/support/rule-examples.ts';
import type { Setting } from '../../../../tests/support/rule-examples.ts';
import { drugAlcoholPack } from './index.ts';

type Inputs = { [T in DrugAlcoholEventType]: DrugAlcoholInput<T> };
const tell = createTeller<Inputs>('drug_alcohol', 'quest-esp');

type Reason =
  'random' | 'pre_employment' | 'return_to_duty' | 'follow_up' | 'post_accident' | 'reasonable_suspicion';
const drug = (reason: Reason = 'random') => ({ test: { dot: true, reason, kind: 'drug' as const } });
const breath = (reason: Reason = 'random') => ({ test: { dot: true, reason, kind: 'alcohol' as const } });
const requirements = { drugAlcohol: { covered: true, agency: 'FMCSA' as const } };

const preEmployment = tell(
  'test.mro_negative',
  '2024-01-05 09:00',
  { ...drug('pre_employment'), channel: 'mro' },
  { subject: 'pre' },
);
const receipt = tell('policy.receipt_signed', '2024-01-08 09:00', {}, { subject: 'policy' });

const decide = (when: string, events: ComplianceEvent[], setting: Setting = {}) =>
  decideAt(drugAlcoholPack, fold([preEmployment, receipt, ...events]), when, {
    ...setting,
    person: { requirements, ...setting.person },
  });
const shortly = (when: string, events: ComplianceEvent[], setting: Setting = {}) =>
  inShort(decide(when, events, setting).general);
const positive = tell('test.mro_positive', '2026-03-02 10:15', { ...drug(), channel: 'mro' });
const returned = [
  positive,
  tell('clearinghouse.reported', '2026-03-03 10:00', {}),
  tell('sap.evaluated', '2026-03-10 10:00', {}, { subject: 'sap' }),
  tell('sap.complied', '2026-04-01 10:00', { followUpTests: 6 }, { subject: 'sap' }),
  tell('test.collected', '2026-04-08 10:00', drug('return_to_duty'), { subject: 'rtd' }),
  tell('test.mro_negative', '2026-04-10 10:00', { channel: 'mro' }, { subject: 'rtd' }),
  tell('clearinghouse.reported', '2026-04-10 11:00', {}, { subject: 'rtd' }),
];

const confirmed = (nextDutyAt: string | null) =>
  tell('test.alcohol_confirmed', '2026-06-10 22:30', { ...breath(), alc: 0.02, nextDutyAt });
const alone = (events: ComplianceEvent[], when: string, setting: Setting = {}) =>
  inShort(
    decideAt(drugAlcoholPack, fold([receipt, ...events]), when, { person: { requirements }, ...setting })
      .general,
  );
const exception = (programmeLeftOn: string) =>
  tell('exception.documented', '2024-01-08 09:00', {
    programmeLeftOn,
    testedWithinSixMonths: true,
    inPoolTwelveMonths: false,
    noKnownViolation: true,
  });
const followUp = (day: string, index: number, observed = true) => [
  tell('test.collected', `${day} 09:00`, { ...drug('follow_up'), observed }, { subject: `f${index}` }),
  tell('test.mro_negative', `${day} 17:00`, { channel: 'mro' }, { subject: `f${index}` }),
];
const crash = (over: object) =>
  tell(
    'accident.occurred',
    '2026-05-04 10:00',
    { fatal: false, injuryAway: false, tow: true, ...over },
    { subject: 'crash' },
  );
const missed = (reason: Reason) => tell('test.no_show', '2026-05-05 16:00', drug(reason));
const compile = (overrides: Setting['overrides']) => () => compilePack(drugAlcoholPack, overrides);

describe('violations (DA01)', () => {
  test('every kind holds: positive dilute, substituted, DER refusal, alcohol 0.04, actual knowledge', () => {
    const kinds: [ComplianceEvent[], string][] = [
      [
        [tell('test.mro_positive', '2026-03-02 10:00', { ...drug(), channel: 'mro', dilute: true })],
        'R! DA01',
      ],
      [
        [tell('test.mro_refusal', '2026-03-02 10:00', { ...drug(), channel: 'mro', cause: 'substituted' })],
        'R! DA01',
      ],
      [
        [
          tell('test.refusal_reported', '2026-03-02 09:00', { ...drug(), ground: 2 }),
          tell('test.der_refusal', '2026-03-02 10:00', {}),
        ],
        'R! DA01, DA06',
      ],
      [[tell('test.alcohol_confirmed', '2026-03-02 10:00', { ...breath(), alc: 0.04 })], 'R! DA01, DA06'],
      [
        [tell('violation.actual_knowledge', '2026-03-02 10:00', { basis: 'seen' }, { subject: 'k' })],
        'R! DA01, DA06',
      ],
    ];
    for (const [events, expected] of kinds) {
      expect(shortly('2026-03-02 12:00', events).split(' →')[0]).toBe(expected);
    }
  });

  test('ends with SAP compliance and a later negative return-to-duty test, not before', () => {
    expect(shortly('2026-04-09 10:00', returned.slice(0, 5))).toContain('R! DA01');
    expect(shortly('2026-04-10 12:00', returned)).toBe('G DA17 → none');
  });

  test('holds on leave and for an applicant as well', () => {
    expect(
      shortly('2026-03-05 10:00', [positive], { person: { phase: 'leave', returnOn: '2026-06-01' } }),
    ).toBe('R! DA01 → none');
    expect(shortly('2026-03-05 10:00', [positive], { person: { phase: 'applicant' } })).toBe(
      'R! DA01 → none',
    );
  });

  test('the message says what, since when, by which section, and what to do', () => {
    const [reason] = decide('2026-03-02 11:00', [positive]).general.reasons;
    expect(reason).toMatchObject({
      message:
        'Verified positive drug test reported 2026-03-02 10:15, not yet closed by SAP compliance and a later negative return-to-duty test (49 CFR 40.23(a)-(d)). Remove from safety-sensitive work now; give the list of SAPs.',
      basis: 'law',
      textAsOf: '2026-03-17',
      eventIds: [positive.id],
    });
  });
});

describe('alcohol', () => {
  test('DA02: unknown duty keeps the person off; a later duty counts when it is later than 24 hours', () => {
    expect(shortly('2026-07-01 10:00', [confirmed(null)])).toBe('R! DA02 → none');
    expect(shortly('2026-06-11 10:00', [confirmed(instant('2026-06-13 06:00'))])).toBe(
      'R! DA02 → 2026-06-13T11:00:00.000Z G',
    );
    const announced = tell(
      'duty.scheduled',
      '2026-06-11 08:00',
      { at: instant('2026-06-12 06:00') },
      { subject: 'd' },
    );
    expect(shortly('2026-06-11 10:00', [confirmed(null), announced])).toBe(
      'R! DA02 → 2026-06-12T11:00:00.000Z G',
    );
  });

  test('DA03: suspicion holds for 24 hours unless a test says less than 0.02', () => {
    const suspected = tell(
      'suspicion.observed',
      '2026-06-10 14:00',
      { substance: 'alcohol' },
      { subject: 's' },
    );
    const { general } = decide('2026-06-10 15:00', [suspected]);
    expect(inShort(general)).toBe('R! DA03 → 2026-06-11T19:00:00.000Z G');
    expect(general.tasks.map((task) => task.title)).toEqual(['Sign the record of the suspicion']);
    const clear = tell('test.alcohol_screened', '2026-06-10 15:30', {
      ...breath('reasonable_suspicion'),
      alc: 0.01,
    });
    expect(shortly('2026-06-10 16:00', [suspected, clear])).toBe('G DA17 → none');
  });
});

describe('pre-employment (DA04)', () => {
  test('missing holds; while history is loaded nothing can be claimed', () => {
    expect(alone([], '2026-03-02 10:00')).toBe('R! DA04 → none');
    expect(
      alone([], '2026-03-02 10:00', { person: { requirements }, backfillUntil: '2026-04-01 00:00' }),
    ).toBe('S DA04 → 2026-04-01T05:00:00.000Z R!');
  });

  test('a documented exception clears when every condition holds', () => {
    expect(alone([exception('2023-12-09')], '2026-03-02 10:00')).toBe('G DA17 → none');
    expect(alone([exception('2023-12-08')], '2026-03-02 10:00')).toBe('R! DA04 → none');
  });

  test('out of every pool for more than 30 days asks for a new test', () => {
    const left = tell('pool.left', '2026-05-01 09:00', { on: '2026-05-01' }, { subject: 'pool' });
    expect(shortly('2026-05-20 10:00', [left])).toBe('G DA17 → 2026-06-01T05:00:00.000Z R!');
    const back = (on: string) => tell('pool.joined', `${on} 09:00`, { on }, { subject: 'pool' });
    expect(shortly('2026-06-10 10:00', [left, back('2026-05-31')])).toBe('G DA17 → none');
    expect(shortly('2026-06-10 10:00', [left, back('2026-06-02')])).toBe('R! DA04 → none');
  });
});

describe('follow-up (DA05)', () => {
  const days = ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01', '2026-11-02'];

  test('twelve months of duty are used up: red; only the DER was told when', () => {
    const { general, der } = decide('2026-05-01 10:00', returned);
    expect(inShort(general)).toBe('G DA17 → none');
    expect(inShort(der!)).toBe('G DA17 → 2027-04-11T05:00:00.000Z R!');
    expect(der!.tasks).toMatchObject([{ ruleId: 'DA05-PACE', dueAt: '2026-06-11T05:00:00.000Z' }]);
    expect(general.tasks).toEqual([]);
    expect(shortly('2027-04-11 00:00', returned)).toBe('R! DA05 → none');
  });

  test('six observed follow-up tests end it; an unobserved one does not count', () => {
    const all = days.flatMap((day, index) => followUp(day, index));
    expect(shortly('2027-04-12 00:00', [...returned, ...all])).toBe('G DA17 → none');
    const unobserved = [...all.slice(2), ...followUp('2026-06-01', 9, false)];
    expect(shortly('2027-04-12 00:00', [...returned, ...unobserved])).toBe('R! DA05 → none');
  });

  test('a layoff stops the clock; the months served before it are taken off the present interval', () => {
    const duty = [
      tell('duty.started', '2026-04-10 12:00', {}, { subject: 'duty' }),
      tell('duty.stopped', '2026-07-15 12:00', {}, { subject: 'duty' }),
    ];
    const der = (when: string, events: ComplianceEvent[]) =>
      inShort(decide(when, [...returned, ...events]).der!);
    expect(decide('2027-08-01 10:00', [...returned, ...duty]).general.flag).toBe('green');
    const again = tell('duty.started', '2026-10-01 12:00', {}, { subject: 'duty' });
    // 3 months and 5 days were served: 8 months and the rest from 1 October, 2027-07-01 less 5 days.
    expect(der('2026-10-02 10:00', [...duty, again])).toBe('G DA17 → 2027-06-27T05:00:00.000Z R!');
  });
});

describe('reports and accidents', () => {
  test('DA06: positives and adulterated results are the MRO’s to report', () => {
    expect(shortly('2026-03-02 11:00', [positive])).toBe('R! DA01 → none');
    const byMro = tell('test.mro_refusal', '2026-03-02 10:00', {
      ...drug(),
      channel: 'mro',
      cause: 'adulterated',
    });
    expect(shortly('2026-03-02 11:00', [byMro])).toBe('R! DA01 → none');
    const shyBladder = [
      tell('test.refusal_reported', '2026-03-02 09:00', { ...drug(), ground: 7 }),
      tell('test.der_refusal', '2026-03-02 10:00', { ground: 7 }),
    ];
    expect(shortly('2026-03-02 11:00', shyBladder)).toBe('R! DA01 → none');
  });

  test('DA07: a tow without a citation asks for nothing; a citation within 8 hours asks for both tests', () => {
    expect(shortly('2026-05-04 11:00', [crash({})])).toBe('G DA17 → none');
    const cited = crash({ citationAt: instant('2026-05-04 12:00') });
    const { general } = decide('2026-05-04 12:30', [cited]);
    expect(inShort(general)).toBe('Y DA07, DA07 → 2026-05-04T23:00:00.000Z R');
    expect(general.tasks).toMatchObject([{ dueAt: '2026-05-04T17:00:00.000Z' }]);
    const late = crash({ citationAt: instant('2026-05-05 09:00') });
    expect(shortly('2026-05-05 10:00', [late])).toBe('Y DA07 → 2026-05-05T23:00:00.000Z R');
  });

  test('DA07: a test in time, a police test or the record of why end it; a late test does not', () => {
    const fatal = crash({ fatal: true });
    const tested = (at: string) =>
      tell('test.alcohol_screened', at, { ...breath('post_accident'), alc: 0 }, { subject: 'breath' });
    const sample = tell('test.collected', '2026-05-04 15:00', drug('post_accident'), { subject: 'urine' });
    expect(shortly('2026-05-04 19:00', [fatal, tested('2026-05-04 17:59'), sample])).toBe('G DA17 → none');
    expect(shortly('2026-05-04 19:00', [fatal, tested('2026-05-04 18:01'), sample])).toBe('R DA07 → none');
    const noted = tell(
      'accident.untested_recorded',
      '2026-05-04 18:30',
      { substance: 'alcohol' },
      { subject: 'crash' },
    );
    expect(shortly('2026-05-04 19:00', [fatal, noted, sample])).toBe('G DA17 → none');
    const police = tell(
      'accident.police_test_obtained',
      '2026-05-04 18:30',
      { substance: 'alcohol' },
      { subject: 'crash' },
    );
    expect(shortly('2026-05-04 19:00', [fatal, police, sample])).toBe('G DA17 → none');
  });
});

describe('collecting again (DA08) and waiting for the DER (DA09)', () => {
  test('DA08: an unexplained invalid and an untestable split are the DER’s until collected again', () => {
    const invalid = tell('test.mro_cancelled', '2026-03-02 10:00', {
      ...drug(),
      channel: 'mro',
      cause: 'invalid_unexplained',
    });
    const splitGone = tell('test.verified_result_cancelled', '2026-03-10 10:00', {
      cause: 'split_untestable',
    });
    for (const events of [[invalid], [positive, splitGone]]) {
      const { general, der } = decide('2026-03-10 12:00', events);
      expect([inShort(general), inShort(der!)]).toEqual(['G DA17 → none', 'Y DA08 → none']);
    }
    const again = tell(
      'test.collected',
      '2026-03-11 10:00',
      { ...drug(), observed: true },
      { subject: 'again' },
    );
    expect(decide('2026-03-11 12:00', [invalid, again]).der).toBeNull();
  });

  test('DA08: a cancelled return-to-duty test holds', () => {
    const cancelled = tell(
      'test.mro_cancelled',
      '2026-04-10 10:00',
      { ...drug('return_to_duty'), channel: 'mro', cause: 'fatal_flaw' },
      { subject: 'rtd' },
    );
    expect(shortly('2026-04-11 10:00', [cancelled])).toBe('Y! DA08 → none');
  });

  test('DA09: a no-show before employment is no refusal; a tenant may choose not to hold', () => {
    expect(shortly('2026-05-05 17:00', [missed('random')])).toBe('Y! DA09 → none');
    expect(shortly('2026-05-05 17:00', [missed('pre_employment')])).toBe('G DA17 → none');
    const overrides = { parameters: { DA09: { hold: false } } };
    expect(shortly('2026-05-05 17:00', [missed('random')], { overrides })).toBe('Y DA09 → none');
  });
});

describe('papers and letters', () => {
  test('DA10: a qualified self-admission holds until the programme is finished', () => {
    const made = tell('self_admission.made', '2026-05-05 08:00', { qualified: true }, { subject: 'a' });
    const done = tell('self_admission.completed', '2026-08-05 08:00', {}, { subject: 'a' });
    expect(shortly('2026-06-01 10:00', [made])).toBe('Y! DA10 → none');
    expect(shortly('2026-08-06 10:00', [made, done])).toBe('G DA17 → none');
  });

  test('DA11: too little specimen, five days for the physician', () => {
    const { general } = decide('2026-05-05 10:00', [tell('test.insufficient', '2026-05-05 09:00', drug())]);
    expect(inShort(general)).toBe('Y DA11 → none');
    expect(general.tasks[0]?.dueAt).toBe('2026-05-11T05:00:00.000Z');
  });

  test('DA12: an unknown word keeps an earlier red and never gives green', () => {
    const word = tell(
      'test.word_unknown',
      '2026-03-03 10:00',
      { field: 'OrderStatusID', word: 'SUSPENDED' },
      { subject: 'x' },
    );
    expect(shortly('2026-03-03 11:00', [word])).toBe('Y DA12 → none');
    expect(shortly('2026-03-03 11:00', [positive, word])).toBe('R! DA01, DA12 → none');
  });

  test('DA13 and DA14: safety letter, unsigned policy', () => {
    const letter = tell('test.safety_letter_received', '2026-03-03 10:00', drug());
    expect(shortly('2026-03-03 11:00', [letter])).toBe('Y! DA13 → none');
    const record = fold([preEmployment]);
    const unsigned = decideAt(drugAlcoholPack, record, '2026-03-03 11:00', { person: { requirements } });
    expect(inShort(unsigned.general)).toBe('Y DA14 → none');
  });

  test('DA15: a vendor that fails verification makes what is open stale, and only that', () => {
    const since = Date.parse(instant('2026-05-06 08:00'));
    const sources = {
      'quest-esp': { lastEventAtMs: since, failingSinceMs: since, silenceMs: 24 * 3_600_000 },
    };
    const collected = tell('test.collected', '2026-05-05 08:00', drug());
    expect(shortly('2026-05-07 08:00', [collected], { sources })).toBe('S DA15 → none');
    expect(shortly('2026-05-07 07:59', [collected], { sources })).toBe('G DA17 → none');
    expect(shortly('2026-05-07 08:00', [], { sources })).toBe('G DA17 → none');
  });

  test('DA17: a tenant may ask for a second test after every negative-dilute', () => {
    const dilute = tell('test.mro_negative', '2026-03-02 10:00', { ...drug(), channel: 'mro', dilute: true });
    const overrides = { parameters: { DA17: { diluteRetest: true } } };
    const { general } = decide('2026-03-02 11:00', [dilute], { overrides });
    expect(inShort(general)).toBe('G DA17 → none');
    expect(general.tasks).toHaveLength(1);
    expect(decide('2026-03-02 11:00', [dilute]).general.tasks).toEqual([]);
  });
});

describe('what a tenant may not do', () => {
  test('go below the law, or switch a rule of law off', () => {
    expect(compile({ parameters: { DA02: { offDutyHours: 12 } } })).toThrow(
      'flags.override_refused: DA02.offDutyHours = 12: the law allows no less than 24 hours.',
    );
    expect(compile({ parameters: { DA02: { offDutyHours: 48 } } })).not.toThrow();
    expect(compile({ parameters: { DA05: { months: 6 } } })).toThrow(
      'DA05.months is fixed by law at 12 months.',
    );
    expect(compile({ parameters: { DA06: { businessDays: 5 } } })).toThrow('no more than 3 business days');
    expect(compile({ disabled: ['DA01'] })).toThrow('Rule DA01 rests on law');
    expect(compile({ disabled: ['DA15'] })).not.toThrow();
    expect(compile({ parameters: { DA99: { x: 1 } } })).toThrow('There is no rule DA99');
  });
});
