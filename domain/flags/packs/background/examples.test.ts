import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { BackgroundEventType, BackgroundInput } from '#contracts/events/background';
import { fold } from '#domain/background';
import { createTeller, decideAt, inShort } from '../../../../tests/support/rule-examples.ts';
import type { Setting } from '../../../../tests/support/rule-examples.ts';
import { backgroundPack } from './index.ts';

type Inputs = { [T in BackgroundEventType]: BackgroundInput<T> };
const tell = createTeller<Inputs>('background', 'checkr');

const requirements = { background: { package: 'driver_pro', recheckMonths: null, trucking: false } };
const applicant = { requirements, phase: 'applicant' as const, periods: [] };
const employee = { requirements };

const at = (when: string, events: ComplianceEvent[], person: Setting['person'], setting: Setting = {}) =>
  decideAt(backgroundPack, fold(events), when, { ...setting, person }).general;
const shortly = (when: string, events: ComplianceEvent[], person: Setting['person']) =>
  inShort(at(when, events, person));

const consented = [
  tell('disclosure.given', '2026-06-01 09:00', { standalone: true }, { subject: 'consent', vendor: 'app' }),
  tell('authorisation.given', '2026-06-01 09:01', { form: 'written' }, { subject: 'consent', vendor: 'app' }),
];
const ordered = [...consented, tell('order.placed', '2026-06-01 10:00', { package: 'driver_pro' })];
const considered = [...ordered, tell('report.considered', '2026-06-20 10:00', {})];

describe('worked examples of the background rules', () => {
  test('B1: complete and clear', () => {
    const clear = [...ordered, tell('report.cleared', '2026-06-03 10:00', {})];
    expect(shortly('2026-06-04 10:00', clear, applicant)).toBe('G BG14 → none');
  });

  test('B2: findings, nothing decided', () => {
    expect(shortly('2026-06-21 10:00', considered, applicant)).toBe('Y! BG07 → none');
  });

  test('B3: findings of a continuous check hold no employee', () => {
    const continuous = [
      tell('order.placed', '2026-06-20 10:00', { source: 'continuous' }),
      tell('report.considered', '2026-06-20 10:01', {}),
    ];
    expect(shortly('2026-06-21 10:00', continuous, employee)).toBe('Y BG07 → none');
    const action = tell('adverse.trucking_action_taken', '2026-06-22 10:00', {});
    expect(shortly('2026-06-23 10:00', [...continuous, action], employee)).toBe('Y BG07, BG09 → none');
  });

  test('B4: clear, but a search was canceled', () => {
    const clear = [...ordered, tell('report.cleared', '2026-06-03 10:00', { includesCanceled: true })];
    expect(shortly('2026-06-04 10:00', clear, applicant)).toBe('Y! BG09 → none');
  });

  test('B5: suspended or canceled is not clear', () => {
    for (const type of ['order.suspended', 'order.cancelled'] as const) {
      expect(shortly('2026-06-04 10:00', [...ordered, tell(type, '2026-06-03 10:00', {})], applicant)).toBe(
        'Y! BG10 → none',
      );
    }
  });

  const noticed = [
    ...considered,
    tell('adverse.pre_notice_sent', '2026-07-01 15:00', { copy: true, rights: true }),
    tell('adverse.pre_notice_delivered', '2026-07-02 11:00', {}),
  ];

  test('B6: five business days from the delivery; 3 July is the observed holiday', () => {
    const general = at('2026-07-10 12:00', noticed, applicant);
    expect(inShort(general)).toBe('Y! BG03 → none');
    expect(general.tasks).toEqual([
      { ruleId: 'BG03', title: 'The wait ends: decide', dueAt: '2026-07-10T22:00:00.000Z' },
    ]);
  });

  test('B7: after the wait a decision is due; time alone never makes it red', () => {
    expect(shortly('2026-07-10 17:00', noticed, applicant)).toBe('Y! BG04 → none');
    expect(shortly('2026-07-13 09:00', noticed, applicant)).toBe('Y! BG04 → none');
  });

  test('B8: a dispute stops the wait; the answer is chased on day 30', () => {
    const general = at(
      '2026-07-20 10:00',
      [...noticed, tell('dispute.opened', '2026-07-07 10:00', {})],
      applicant,
    );
    expect(inShort(general)).toBe('Y! BG05 → none');
    expect(general.tasks).toEqual([
      { ruleId: 'BG05', title: "Chase the agency's answer", dueAt: '2026-08-06T22:00:00.000Z' },
    ]);
  });

  test('B9: the trucking branch: action first, the notice within three business days', () => {
    const trucking = { applicant: true, position31502: true, remoteContactOnly: true };
    const events = [
      ...consented,
      tell('order.placed', '2026-11-02 10:00', { trucking }),
      tell('report.considered', '2026-11-20 10:00', {}),
      tell('adverse.trucking_action_taken', '2026-11-25 10:00', {}, { vendor: 'app' }),
    ];
    const general = at('2026-11-25 12:00', events, applicant);
    expect(inShort(general)).toBe('R! BG01, BG02 → none');
    expect(general.tasks).toEqual([
      { ruleId: 'BG02', title: 'Send the four-part notice', dueAt: '2026-12-01T23:00:00.000Z' },
    ]);
    const sent = tell('adverse.trucking_notice_sent', '2026-11-27 10:00', {}, { vendor: 'app' });
    expect(shortly('2026-11-27 12:00', [...events, sent], applicant)).toBe('R! BG01 → none');
  });

  test('B10: an open order is silent for more than ten business days', () => {
    expect(shortly('2026-06-15 16:59', ordered, applicant)).toBe('Y! BG10 → none');
    expect(shortly('2026-06-16 10:00', ordered, applicant)).toBe('S! BG13, BG10 → none');
  });
});
