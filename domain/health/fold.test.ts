import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { testFoldLaws } from '../../tests/support/fold-laws.ts';
import { eventMaker, type EventTemplate } from '../../tests/support/module-events.ts';
import { apply, caseDays, fold, healthFold, healthRecordSchema, isHearingCase } from './index.ts';

const make = eventMaker('health');
const event = (type: string, at: string, payload: Record<string, unknown> = {}) =>
  make(`case.${type}`, 'c1', at, payload);
const reported = event('reported', '2026-02-20', {
  eventAt: '2026-02-19T15:00:00.000Z',
  infoAt: '2026-02-20T15:00:00.000Z',
  kind: 'injury',
  privacy: false,
});
const decided = (at: string, recordable: boolean) =>
  event('decided', at, { recordable, criteria: recordable ? ['days_away'] : [] });
const logged = (at: string) => event('logged', at, { loggedOn: at, caseNumber: '26-001' });
const known = (events: ComplianceEvent[]) => fold(events).cases['c1'];

describe('injury and illness case', () => {
  test('reported, decided, logged, closed, opened again by days', () => {
    const events = [reported, decided('2026-02-21', true), logged('2026-02-22')];
    expect(known(events)).toMatchObject({ state: 'logged', caseNumber: '26-001', criteria: ['days_away'] });
    const closed = [...events, event('closed', '2026-03-01', { on: '2026-03-01' })];
    expect(known(closed)?.state).toBe('closed');
    const spells = [{ kind: 'away', from: '2026-02-20', to: '2026-02-25' }];
    expect(known([...closed, event('days_updated', '2026-03-02', { spells })])).toMatchObject({
      state: 'logged',
      spells,
    });
  });

  test('nothing is logged that is not recordable, and a logged case is lined out, not undone', () => {
    expect(apply(fold([reported]), logged('2026-02-21')).outcome).toEqual({
      refused: 'The case is not on the log',
    });
    const events = [reported, decided('2026-02-21', true), logged('2026-02-22')];
    expect(apply(fold(events), decided('2026-02-23', false)).outcome).toHaveProperty('refused');
    expect(known([...events, event('lined_out', '2026-02-24', { reason: 'not work-related' })])?.state).toBe(
      'lined_out',
    );
  });

  test('new information on a case decided as not recordable starts the seven days again', () => {
    const infoAt = '2026-03-10T15:00:00.000Z';
    const events = [
      reported,
      decided('2026-02-21', false),
      event('information_received', '2026-03-10', { infoAt }),
    ];
    expect(known(events)).toMatchObject({ state: 'reported', infoAt });
  });

  test('an event of a case nobody reported is for a person', () => {
    const record = fold([decided('2026-02-21', true)]);
    expect(record.cases).toEqual({});
    expect(record.reviews).toHaveLength(1);
  });
});

describe('day counts', () => {
  test('start the day after, count weekends, share the cap of 180', () => {
    const spells = [
      { kind: 'away' as const, from: '2026-01-01', to: '2026-05-31' },
      { kind: 'restricted' as const, from: '2026-06-01', to: null },
    ];
    // 2 January to 31 May = 150 days, then 30 of the restricted ones.
    expect(caseDays({ spells }, '2026-01-01', '2026-12-31')).toEqual({
      away: 150,
      restricted: 30,
      frozen: true,
    });
    expect(caseDays({ spells }, '2026-01-01', '2026-01-01')).toEqual({
      away: 0,
      restricted: 0,
      frozen: false,
    });
    expect(caseDays({ spells }, '2026-01-01', '2026-01-05').away).toBe(4);
  });
});

const ears = (left: number, right: number) => ({ left, right });

describe('hearing', () => {
  test('shift and level must meet in the same ear', () => {
    expect(isHearingCase({ shiftDb: ears(12, 0), levelDb: ears(26, 10) })).toBe(true);
    expect(isHearingCase({ shiftDb: ears(12, 0), levelDb: ears(24, 30) })).toBe(false);
    expect(isHearingCase({ shiftDb: ears(10, 0), levelDb: ears(25, 0) })).toBe(true);
    expect(isHearingCase({ shiftDb: { left: null, right: 15 }, levelDb: { left: 40, right: null } })).toBe(
      false,
    );
  });
});

describe('examinations', () => {
  test('a cancellation after the examination changes nothing; a later completion undoes a refusal', () => {
    const program = 'general';
    const exam = (type: string, at: string, payload: Record<string, unknown>) =>
      make(`exam.${type}`, 'x1', at, { program, ...payload });
    const declined = exam('declined', '2026-02-01', { offeredOn: '2026-02-01', declinedOn: '2026-02-01' });
    const completed = exam('completed', '2026-02-05', {
      examOn: '2026-02-05',
      outcome: 'cleared',
      restrictions: [],
      nextBy: null,
    });
    const canceled = exam('canceled', '2026-02-06', { reason: 'late message' });
    const record = fold([declined, completed, canceled]);
    expect(record.exams['x1']).toMatchObject({ declinedOn: null, outcome: 'cleared', canceled: false });
    expect(apply(fold([completed]), canceled).outcome).toBe('duplicate');
  });
});

const templates: EventTemplate[] = [
  {
    type: 'exam.completed',
    subjectRef: 'x1',
    payload: { program: 'general', examOn: '2026-03-01', outcome: 'cleared', restrictions: [], nextBy: null },
  },
  { type: 'exam.scheduled', subjectRef: 'x1', payload: { program: 'general', scheduledOn: '2026-03-01' } },
  { type: 'exam.canceled', subjectRef: 'x1', payload: { program: 'general', reason: 'x' } },
  { type: 'hbv.offered', subjectRef: 'h', payload: { offeredOn: '2026-03-01' } },
  { type: 'hbv.answered', subjectRef: 'h', payload: { on: '2026-03-02', answer: 'declined_signed' } },
  { type: 'case.reported', subjectRef: 'c1', payload: reported.payload },
  { type: 'case.decided', subjectRef: 'c1', payload: { recordable: true, criteria: ['days_away'] } },
  { type: 'case.decided', subjectRef: 'c1', payload: { recordable: false, criteria: [] } },
  { type: 'case.logged', subjectRef: 'c1', payload: { loggedOn: '2026-03-01', caseNumber: null } },
  { type: 'case.closed', subjectRef: 'c1', payload: { on: '2026-03-01' } },
  { type: 'case.lined_out', subjectRef: 'c1', payload: { reason: 'x' } },
  { type: 'case.osha_reported', subjectRef: 'c1', payload: { at: '2026-03-01T09:00:00.000Z' } },
];
describe('laws of the fold', () => testFoldLaws('health', healthFold, healthRecordSchema, templates));
