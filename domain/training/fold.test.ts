import { describe, expect, test } from 'vitest';
import { testFoldLaws } from '../../tests/support/fold-laws.ts';
import { eventMaker, type EventTemplate } from '../../tests/support/module-events.ts';
import { apply, fold, trainingFold, trainingRecordSchema } from './index.ts';

const make = eventMaker('training');
const item = 'first_aid';
const assigned = make('assignment.created', 'a1', '2026-03-01', {
  item,
  assignedAt: '2026-03-01T15:00:00.000Z',
  dueOn: '2026-03-31',
});
const at = '2026-03-05T15:00:00.000Z';
const assignment = (type: string, on: string, payload: Record<string, unknown> = {}, ref = 'a1') =>
  make(`assignment.${type}`, ref, on, { item, ...payload });
const waiver = (waived: string) =>
  make('waiver.granted', 'w1', '2026-03-05', {
    item: waived,
    to: '2026-04-30',
    grantedBy: 'usr_1',
    reason: 'x',
  });

describe('assignments', () => {
  test('a late "started" does not undo "acknowledged"; an extension moves the date', () => {
    const record = fold([
      assigned,
      assignment('acknowledged', '2026-03-05', { at }),
      assignment('started', '2026-03-06', { at }),
      assignment('extended', '2026-03-07', { dueOn: '2026-04-15' }),
    ]);
    expect(record.items[item]?.assignment).toMatchObject({
      status: 'acknowledged',
      dueOn: '2026-04-15',
      graceDays: 0,
    });
  });

  test('an event of another assignment is for a person', () => {
    const record = fold([assigned, assignment('extended', '2026-03-07', { dueOn: '2026-04-15' }, 'a0')]);
    expect(record.items[item]?.assignment?.dueOn).toBe('2026-03-31');
    expect(record.reviews).toHaveLength(1);
  });
});

describe('waivers', () => {
  test('what the law requires is not waived; a policy item is', () => {
    expect(apply(fold([]), waiver('hazmat')).outcome).toHaveProperty('refused');
    expect(fold([waiver('hazmat')]).items['hazmat']).toBeUndefined();
    expect(fold([waiver(item)]).items[item]?.waiver?.to).toBe('2026-04-30');
    const ended = make('waiver.ended', 'w1', '2026-03-06', { item, on: '2026-03-06' });
    expect(fold([waiver(item), ended]).items[item]?.waiver).toBeNull();
  });
});

describe('certificates', () => {
  test('what was read counts only after a person verified it, with the dates of that person', () => {
    const uploaded = make('certificate.uploaded', 'c1', '2026-03-01', { item, uploadedAt: at });
    const read = make('certificate.read', 'c1', '2026-03-02', {
      item,
      confidence: 0.95,
      issuedOn: '2026-02-01',
      expiresOn: '2026-08-01',
    });
    const verified = make('certificate.verified', 'c1', '2026-03-03', {
      item,
      issuedOn: '2026-02-01',
      expiresOn: '2028-02-01',
      verifiedBy: 'usr_1',
    });
    expect(apply(fold([uploaded]), verified).outcome).toHaveProperty('refused');
    expect(fold([uploaded, read]).items[item]?.certificates['c1']?.[0]?.state).toBe('review');
    expect(fold([uploaded, read, verified]).items[item]?.certificates['c1']?.[0]).toMatchObject({
      state: 'active',
      expiresOn: '2028-02-01',
    });
  });
});

const templates: EventTemplate[] = [
  { type: 'assignment.created', subjectRef: 'a1', payload: assigned.payload },
  { type: 'assignment.created', subjectRef: 'a2', payload: assigned.payload },
  { type: 'assignment.acknowledged', subjectRef: 'a1', payload: { item, at } },
  { type: 'assignment.started', subjectRef: 'a1', payload: { item, at } },
  { type: 'assignment.canceled', subjectRef: 'a2', payload: { item } },
  {
    type: 'completion.recorded',
    subjectRef: 'd1',
    payload: { item, completedOn: '2026-03-02', hours: 2, fieldDays: null, passed: true, tested: true },
  },
  { type: 'certificate.uploaded', subjectRef: 'c1', payload: { item, uploadedAt: at } },
  {
    type: 'certificate.read',
    subjectRef: 'c1',
    payload: { item, confidence: 0.5, issuedOn: null, expiresOn: null },
  },
  {
    type: 'certificate.verified',
    subjectRef: 'c1',
    payload: { item, issuedOn: '2026-03-01', expiresOn: null, verifiedBy: 'usr_1' },
  },
  { type: 'certificate.revoked', subjectRef: 'c1', payload: { item, reason: 'x' } },
  { type: 'waiver.granted', subjectRef: 'w1', payload: waiver(item).payload },
  { type: 'waiver.ended', subjectRef: 'w1', payload: { item, on: '2026-03-06' } },
];
describe('laws of the fold', () => testFoldLaws('training', trainingFold, trainingRecordSchema, templates));
