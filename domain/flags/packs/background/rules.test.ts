import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { BackgroundEventType, BackgroundInput } from '#contracts/events/background';
import { fold } from '#domain/background';
import { compilePack } from '../../pack.ts';
import { createTeller, decideAt, inShort, instant } from '../../../../tests/support/rule-examples.ts';
import type { Setting } from '../../../../tests/support/rule-examples.ts';
import { backgroundPack } from './index.ts';

type Inputs = { [T in BackgroundEventType]: BackgroundInput<T> };
const tell = createTeller<Inputs>('background', 'checkr');

const requirements = { background: { package: 'driver_pro', recheckMonths: 12, trucking: false } };
const applicant: Setting = { person: { requirements, phase: 'applicant', periods: [] } };
const employee: Setting = { person: { requirements } };
const decide = (when: string, events: ComplianceEvent[], setting: Setting) =>
  decideAt(backgroundPack, fold(events), when, setting).general;
const shortly = (when: string, events: ComplianceEvent[], setting: Setting) =>
  inShort(decide(when, events, setting));

const app = { vendor: 'app' };
const consented = [
  tell('disclosure.given', '2026-06-01 09:00', { standalone: true }, { subject: 'consent', ...app }),
  tell('authorisation.given', '2026-06-01 09:01', { form: 'written' }, { subject: 'consent', ...app }),
];
const considered = [
  ...consented,
  tell('order.placed', '2026-06-01 10:00', {}),
  tell('report.considered', '2026-06-20 10:00', {}),
];
const noticed = [
  ...considered,
  tell('adverse.pre_notice_sent', '2026-07-01 15:00', { copy: true, rights: true }, app),
];
const refused = [
  ...noticed,
  tell('adverse.wait_ended', '2026-07-09 17:00', {}, app),
  tell('adverse.final_decided', '2026-07-13 09:00', {}, app),
];

const early = (vendor: string) => tell('adverse.final_decided', '2026-07-02 09:00', {}, { vendor });
const branch = (remoteContactOnly: boolean) => [
  ...consented,
  tell('order.placed', '2026-11-02 10:00', { trucking: { position31502: true, remoteContactOnly } }),
  tell('report.considered', '2026-11-20 10:00', {}),
  tell('adverse.trucking_action_taken', '2026-11-25 10:00', {}, app),
];

const final = (at: string) => tell('adverse.final_decided', at, {});

describe('ordering (BG11) and rechecks (BG12)', () => {
  test('a required check that nobody ordered holds; while history is loaded nothing is claimed', () => {
    expect(shortly('2026-06-01 10:00', [], applicant)).toBe('Y! BG11 → none');
    expect(shortly('2026-06-01 10:00', [], employee)).toBe('Y! BG11 → none');
    expect(shortly('2026-06-01 10:00', [], { ...employee, backfillUntil: '2026-07-01 00:00' })).toBe(
      'S BG11 → 2026-07-01T05:00:00.000Z Y!',
    );
  });

  test('nothing is required and nothing was ordered: no flag', () => {
    expect(shortly('2026-06-01 10:00', [], {})).toBe('-  → none');
  });

  test('an order from here without authorisation is refused and stays unordered', () => {
    const unauthorised = tell('order.placed', '2026-06-01 10:00', {}, app);
    expect(shortly('2026-06-02 10:00', [unauthorised], applicant)).toBe('Y! BG11 → none');
    expect(shortly('2026-06-02 10:00', [...consented, unauthorised], applicant)).toBe('Y! BG10 → none');
  });

  test('a clear report lasts as long as the role says, with 30 days of warning', () => {
    const clear = [
      tell('order.placed', '2025-06-01 10:00', {}),
      tell('report.cleared', '2025-06-10 10:00', {}),
    ];
    expect(shortly('2026-05-01 10:00', clear, employee)).toBe('G BG14 → 2026-05-11T05:00:00.000Z Y');
    expect(shortly('2026-06-01 10:00', clear, employee)).toBe('Y BG12 → 2026-06-11T05:00:00.000Z R');
    expect(shortly('2026-06-11 00:00', clear, employee)).toBe('R BG12 → none');
    const overrides = { parameters: { BG12: { warnDays: 60 } } };
    expect(shortly('2026-05-01 10:00', clear, { ...employee, overrides })).toContain('Y BG12');
  });

  test('a rehired person is checked anew', () => {
    const clear = [
      tell('order.placed', '2025-06-01 10:00', {}),
      tell('report.cleared', '2025-06-10 10:00', {}),
    ];
    const periods = [
      { from: '2025-06-15', to: '2025-12-31' },
      { from: '2026-03-01', to: null },
    ];
    expect(shortly('2026-03-02 10:00', clear, { person: { requirements, periods } })).toBe('Y! BG11 → none');
  });
});

describe('adverse action', () => {
  test('BG01: the final decision stands for anybody', () => {
    expect(shortly('2026-07-14 10:00', refused, applicant)).toBe('R! BG01 → none');
    expect(shortly('2026-07-14 10:00', refused, employee)).toBe('R! BG01 → none');
  });

  test('a final decision before the wait ended is refused; from a vendor it waits for a person', () => {
    expect(shortly('2026-07-03 10:00', [...noticed, early('app')], applicant)).toBe('Y! BG03 → none');
    expect(shortly('2026-07-03 10:00', [...noticed, early('checkr')], applicant)).toBe(
      'Y! BG03, BG09 → none',
    );
  });

  test('a vendor that ran the wait itself says so, and the decision stands', () => {
    const counted = tell('adverse.final_decided', '2026-07-13 09:00', {
      waitEndedAt: instant('2026-07-10 17:00'),
    });
    expect(shortly('2026-07-14 10:00', [...noticed, counted], applicant)).toBe('R! BG01 → none');
  });

  test('a notice without its enclosures is no notice', () => {
    const bare = tell('adverse.pre_notice_sent', '2026-07-01 15:00', { copy: true, rights: false }, app);
    expect(shortly('2026-07-02 10:00', [...considered, bare], applicant)).toBe('Y! BG07, BG09 → none');
  });

  test('BG03: a tenant may wait longer; an employee is not held by the wait', () => {
    expect(decide('2026-07-02 10:00', noticed, employee)).toMatchObject({ flag: 'yellow', hold: false });
    const overrides = { parameters: { BG03: { waitBusinessDays: 7 } } };
    const { tasks } = decide('2026-07-02 10:00', noticed, { ...applicant, overrides });
    expect(tasks[0]?.dueAt).toBe('2026-07-13T22:00:00.000Z');
  });

  test('BG06: an undelivered notice waits anew from the next one', () => {
    const back = tell('adverse.notice_undelivered', '2026-07-06 10:00', {}, app);
    expect(shortly('2026-07-20 10:00', [...noticed, back], applicant)).toBe('Y! BG06 → none');
    const resent = tell('adverse.pre_notice_sent', '2026-07-20 11:00', { copy: true, rights: true }, app);
    const again = decide('2026-07-20 12:00', [...noticed, back, resent], applicant);
    expect(inShort(again)).toBe('Y! BG03 → none');
    expect(again.tasks[0]?.dueAt).toBe('2026-07-27T22:00:00.000Z');
  });

  test('BG05: after the dispute the wait runs anew; new facts give the agency 15 days more', () => {
    const opened = tell('dispute.opened', '2026-07-07 10:00', { newFacts: true });
    const disputed = decide('2026-07-08 10:00', [...noticed, opened], applicant);
    expect(disputed.tasks).toMatchObject([{ ruleId: 'BG05', dueAt: '2026-08-21T22:00:00.000Z' }]);
    const closed = decide(
      '2026-08-04 10:00',
      [...noticed, opened, tell('dispute.closed', '2026-08-03 10:00', {})],
      applicant,
    );
    expect(inShort(closed)).toBe('Y! BG03 → none');
    expect(closed.tasks[0]?.dueAt).toBe('2026-08-10T22:00:00.000Z');
  });

  test('BG05: a dispute that ends clear ends everything', () => {
    const events = [
      ...noticed,
      tell('dispute.opened', '2026-07-07 10:00', {}),
      tell('report.cleared', '2026-07-20 10:00', {}),
    ];
    expect(shortly('2026-07-21 10:00', events, applicant)).toBe('G BG14 → none');
  });

  test('BG02: the trucking branch only for a trucking applicant with remote contact', () => {
    expect(shortly('2026-11-25 12:00', branch(true), applicant)).toBe('R! BG01, BG02 → none');
    expect(shortly('2026-11-25 12:00', branch(false), applicant)).toBe('Y! BG07 → none');
  });
});

describe('reports', () => {
  test('BG08: a result that changes after the decision reopens it, and the earlier hold stays', () => {
    const revised = tell('report.revised', '2026-07-20 10:00', { result: 'clear' });
    expect(shortly('2026-07-21 10:00', [...refused, revised], employee)).toMatch(/^Y! BG08 /);
    const approved = [...considered, tell('adjudication.approved', '2026-06-22 10:00', {}, app)];
    expect(shortly('2026-06-23 10:00', approved, employee)).toBe('G BG14 → 2027-05-21T05:00:00.000Z Y');
    const same = tell('report.revised', '2026-07-20 10:00', { result: 'consider' });
    expect(shortly('2026-07-21 10:00', [...approved, same], employee).split(' →')[0]).toBe('G BG14');
    const worse = [
      tell('order.placed', '2026-06-01 10:00', {}),
      tell('report.cleared', '2026-06-10 10:00', {}),
      tell('report.revised', '2026-07-20 10:00', { result: 'consider' }),
    ];
    expect(shortly('2026-07-21 10:00', worse, employee)).toBe('Y BG07 → none');
  });

  test('BG08: a person settles it', () => {
    const events = [
      ...considered,
      tell('adjudication.approved', '2026-06-22 10:00', {}, app),
      tell('report.revised', '2026-07-20 10:00', { result: 'clear' }),
    ];
    expect(shortly('2026-07-21 10:00', events, applicant)).toBe('Y BG08 → none');
    const settled = { ...tell('dispute.closed', '2026-07-22 10:00', {}, app), type: 'human_review.resolved' };
    expect(shortly('2026-07-23 10:00', [...events, settled], applicant)).toBe('G BG14 → none');
  });

  test('BG09: no result, an unknown word, paused by the vendor', () => {
    const order = [...consented, tell('order.placed', '2026-06-01 10:00', {})];
    const doubts = [
      tell('report.unclear', '2026-06-02 10:00', { word: 'archived' }),
      tell('order.suspended', '2026-06-02 10:00', { word: 'paused' }),
    ];
    for (const doubt of doubts) {
      expect(shortly('2026-06-03 10:00', [...order, doubt], applicant)).toBe('Y! BG09 → none');
    }
  });

  test('BG10: a newer order overtakes an unfinished one, a finished one stays until the next is finished', () => {
    const first = [
      tell('order.placed', '2026-06-01 10:00', {}),
      tell('order.cancelled', '2026-06-02 10:00', {}),
    ];
    const second = [
      tell('order.placed', '2026-06-03 10:00', {}, { subject: 'two' }),
      tell('report.cleared', '2026-06-04 10:00', {}, { subject: 'two' }),
    ];
    expect(shortly('2026-06-02 11:00', first, applicant)).toBe('Y! BG10 → none');
    expect(shortly('2026-06-05 11:00', [...first, ...second], applicant)).toBe('G BG14 → none');
    const decided = second.slice(0, 1);
    expect(shortly('2026-07-14 11:00', [...refused, ...decided], employee)).toContain('R! BG01');
  });

  test('BG13: a vendor that is silent or fails makes an open order stale', () => {
    const sources = {
      checkr: {
        lastEventAtMs: Date.parse(instant('2026-06-01 10:00')),
        failingSinceMs: null,
        silenceMs: 24 * 3_600_000,
      },
    };
    const order = [tell('order.placed', '2026-06-01 10:00', {})];
    expect(shortly('2026-06-02 10:00', order, { ...applicant, sources })).toBe('S! BG13, BG10 → none');
  });

  test('BG14: approved on a condition is yellow', () => {
    const events = [
      ...considered,
      tell('adjudication.conditional', '2026-06-22 10:00', { condition: 'no cash' }, app),
    ];
    expect(shortly('2026-06-23 10:00', events, applicant)).toBe('Y BG14-CN → none');
  });
});

test('the wait is custom, the notice is law', () => {
  expect(() => compilePack(backgroundPack, { parameters: { BG02: { businessDays: 4 } } })).toThrow(
    'the law allows no more than 3 business days',
  );
  expect(() => compilePack(backgroundPack, { parameters: { BG05: { agencyDays: 20 } } })).toThrow(
    'BG05.agencyDays is fixed by law at 30 days.',
  );
  expect(() => compilePack(backgroundPack, { parameters: { BG03: { waitBusinessDays: 10 } } })).not.toThrow();
});

describe('what Checkr says by itself', () => {
  const clear = [
    tell('order.placed', '2026-06-01 10:00', {}),
    tell('report.cleared', '2026-06-10 10:00', {}),
  ];

  test('engaged on a clear report changes nothing', () => {
    const engaged = tell('adjudication.approved', '2026-06-10 10:05', {});
    expect(shortly('2026-06-11 10:00', [...clear, engaged], applicant)).toBe('G BG14 → none');
  });

  test('its pre-adverse word repeats our notice, and is nothing without one', () => {
    const word = tell('adverse.pre_notice_sent', '2026-07-02 09:00', { copy: false, rights: false });
    expect(shortly('2026-07-02 10:00', [...noticed, word], applicant)).toBe('Y! BG03 → none');
    expect(shortly('2026-07-02 10:00', [...considered, word], applicant)).toBe('Y! BG07, BG09 → none');
  });

  test('its post-adverse word stands once a wait of seven days is on file', () => {
    expect(shortly('2026-07-14 10:00', [...noticed, final('2026-07-08 15:00')], applicant)).toBe(
      'R! BG01 → none',
    );
    expect(shortly('2026-07-08 15:00', [...noticed, final('2026-07-08 14:59')], applicant)).toBe(
      'Y! BG03, BG09 → none',
    );
  });

  test('a revised report may be the first that is seen', () => {
    const revised = tell('report.revised', '2026-06-10 10:00', { result: 'consider' });
    const order = tell('order.placed', '2026-06-01 10:00', {});
    expect(shortly('2026-06-11 10:00', [order, revised], applicant)).toBe('Y! BG07 → none');
  });

  test('a message nobody understands is never green', () => {
    const odd = {
      ...tell('order.placed', '2026-06-11 10:00', {}, { subject: 'other' }),
      type: 'report.exploded',
    };
    expect(shortly('2026-06-12 10:00', [...clear, odd], applicant)).toBe('Y! BG09-RV → none');
  });
});
