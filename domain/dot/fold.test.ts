import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { testFoldLaws } from '../../tests/support/fold-laws.ts';
import { eventMaker, type EventTemplate } from '../../tests/support/module-events.ts';
import {
  apply,
  dotFold,
  dotRecordSchema,
  emptyRecord,
  fold,
  queryStateAt,
  verifiedDocument,
} from './index.ts';

const make = eventMaker('dot');
const day1 = '2026-03-01T15:00:00.000Z';
const kind = { documentKind: 'application' };

const query = (type: string, at: string, payload: Record<string, unknown> = {}) =>
  make(`query.${type}`, 'q1', at, payload);
const submitted = (at: string, consentOnFile = true) =>
  query('submitted', at, { queryType: 'limited', submittedAt: at, consentOnFile });
const answered = (at: string, outcome: string) => query('result_reported', at, { outcome, reportedAt: at });
const stateOf = (events: ComplianceEvent[]) => fold(events).queries['q1']?.state;

const document = (type: string, at: string, payload: Record<string, unknown> = {}) =>
  make(`document.${type}`, 'd1', at, { ...kind, ...payload });
const uploaded = (at: string) => document('uploaded', at, { uploadedAt: `${at}T15:00:00.000Z` });
const read = (at: string, confidence = 0.97) => document('read', at, { confidence });
const verified = (at: string, expiresOn: string | null) =>
  document('verified', at, { on: at, expiresOn, verifiedBy: 'usr_1' });
const papers = (events: ComplianceEvent[]) => fold(events).documents['d1']?.map((paper) => paper.state);

describe('Clearinghouse query', () => {
  test('without consent on file nothing is submitted', () => {
    expect(apply(emptyRecord(), submitted(day1, false)).outcome).toHaveProperty('refused');
    expect(stateOf([submitted(day1, false)])).toBe('draft');
    expect(stateOf([submitted(day1)])).toBe('awaiting');
  });

  test('24 hours after a hit the query is overdue by itself, and only "not prohibited" lifts it', () => {
    const hit = [submitted(day1), answered('2026-03-02T09:00:00.000Z', 'limited_hit')];
    const known = fold(hit).queries['q1'];
    if (!known) throw new Error('query missing');
    expect(queryStateAt(known, Date.parse('2026-03-03T08:59:59.999Z'))).toBe('limited_hit');
    expect(queryStateAt(known, Date.parse('2026-03-03T09:00:00.000Z'))).toBe('overdue');
    const late = (type: string, payload = {}) => [...hit, query(type, '2026-03-04T09:00:00.000Z', payload)];
    expect(stateOf(late('consent_given', { at: day1 }))).toBe('overdue');
    expect(stateOf([...hit, answered('2026-03-04T09:00:00.000Z', 'not_prohibited')])).toBe('not_prohibited');
  });

  test('a withdrawn consent request falls back to the hit, without a hit it ends the query', () => {
    const asked = query('full_requested', '2026-03-02T10:00:00.000Z', { requestedAt: day1 });
    const withdrawn = query('withdrawn', '2026-03-02T11:00:00.000Z', { reason: 'left' });
    const hit = answered('2026-03-02T09:00:00.000Z', 'limited_hit');
    const clean = answered('2026-03-02T09:00:00.000Z', 'limited_clean');
    expect(stateOf([submitted(day1), hit, asked, withdrawn])).toBe('limited_hit');
    expect(stateOf([submitted(day1), clean, asked, withdrawn])).toBe('withdrawn');
  });

  test('while the full query runs the clock of the hit runs too', () => {
    const events = [
      submitted(day1),
      answered('2026-03-02T09:00:00.000Z', 'limited_hit'),
      query('full_requested', '2026-03-02T10:00:00.000Z', { requestedAt: day1 }),
      query('consent_given', '2026-03-02T11:00:00.000Z', { at: day1 }),
    ];
    expect(stateOf(events)).toBe('processing');
    const known = fold(events).queries['q1'];
    if (!known) throw new Error('query missing');
    expect(queryStateAt(known, Date.parse('2026-03-03T09:00:00.000Z'))).toBe('overdue');
    expect(stateOf([submitted(day1), query('processing', '2026-03-02T09:00:00.000Z')])).toBe('processing');
  });

  test('an answer to a query this system never sent is taken in; an unknown word is not', () => {
    expect(stateOf([answered(day1, 'not_prohibited')])).toBe('not_prohibited');
    const unknown = fold([submitted(day1), answered('2026-03-02T09:00:00.000Z', 'unknown')]);
    expect(unknown.queries['q1']?.state).toBe('awaiting');
    expect(unknown.reviews).toHaveLength(1);
  });
});

describe('DQ document', () => {
  test('a new upload on a valid paper starts a second record and supersedes the first only once verified', () => {
    const first = [uploaded('2026-01-01'), read('2026-01-02'), verified('2026-01-03', null)];
    expect(papers(first)).toEqual(['active']);
    const second = [...first, uploaded('2026-02-01')];
    expect(papers(second)).toEqual(['active', 'uploaded']);
    expect(verifiedDocument(fold(second), 'application')?.on).toBe('2026-01-03');
    const third = [...second, read('2026-02-02', 0.4), verified('2026-02-03', null)];
    expect(papers(third)).toEqual(['superseded', 'active']);
    expect(verifiedDocument(fold(third), 'application')?.on).toBe('2026-02-03');
  });

  test('verifying a paper that already ended makes it expired', () => {
    expect(
      papers([uploaded('2026-01-01'), read('2026-01-02'), verified('2026-01-03', '2026-01-02')]),
    ).toEqual(['expired']);
  });

  test('nothing is verified unread, and a verified paper is voided, not rejected', () => {
    const record = fold([uploaded('2026-01-01')]);
    expect(apply(record, verified('2026-01-03', null)).outcome).toHaveProperty('refused');
    const active = fold([uploaded('2026-01-01'), read('2026-01-02'), verified('2026-01-03', null)]);
    expect(apply(active, document('rejected', '2026-01-04', { reason: 'x' })).outcome).toHaveProperty(
      'refused',
    );
    expect(
      apply(active, document('voided', '2026-01-04', { reason: 'x' })).record.documents['d1']?.[0],
    ).toMatchObject({
      state: 'void',
      reason: 'x',
    });
  });
});

const cdlisRead = (at: string, over = {}) =>
  make('cdlis.status_read', 'cdlis', at, { status: 'unknown', readOn: at.slice(0, 10) }, over);

describe('reviews of the envelope', () => {
  test('a word nobody understands stays open until a clean event of the same kind comes', () => {
    const review = { field: 'status', value: 'LIMBO', reason: 'unknown licence status' };
    const open = fold([cdlisRead('2026-03-01', { review })]);
    expect(open.reviews.map((known) => known.reason)).toEqual(['status "LIMBO": unknown licence status']);
    expect(fold([cdlisRead('2026-03-01', { review }), cdlisRead('2026-03-02')]).reviews).toEqual([]);
  });
});

const at = '2026-03-02T09:00:00.000Z';
const templates: EventTemplate[] = [
  ...['limited_hit', 'limited_clean', 'not_prohibited', 'prohibited', 'not_found', 'unknown'].map(
    (outcome) => ({
      type: 'query.result_reported',
      subjectRef: 'q1',
      payload: { outcome, reportedAt: at },
    }),
  ),
  {
    type: 'query.submitted',
    subjectRef: 'q1',
    payload: { queryType: 'limited', submittedAt: at, consentOnFile: true },
  },
  { type: 'query.row_rejected', subjectRef: 'q1', payload: { reason: 'bad state', line: 4 } },
  { type: 'query.full_requested', subjectRef: 'q1', payload: { requestedAt: at } },
  { type: 'query.consent_refused', subjectRef: 'q1', payload: { at } },
  { type: 'document.uploaded', subjectRef: 'd1', payload: { ...kind, uploadedAt: at } },
  { type: 'document.read', subjectRef: 'd1', payload: { ...kind, confidence: 0.9 } },
  {
    type: 'document.verified',
    subjectRef: 'd1',
    payload: { ...kind, on: '2026-03-01', expiresOn: '2026-03-02', verifiedBy: 'usr_1' },
  },
  { type: 'document.voided', subjectRef: 'd1', payload: { ...kind, reason: 'x' } },
  { type: 'mvr.ordered', subjectRef: 'o1', payload: { state: 'TX', orderedAt: at } },
  {
    type: 'mvr.received',
    subjectRef: 'o1',
    payload: { state: 'TX', obtainedOn: '2026-03-01', purpose: 'annual' },
  },
  { type: 'review.recorded', subjectRef: 'r1', payload: { on: '2026-03-01', reviewer: 'R' } },
  { type: 'medical.re_examination_cleared', subjectRef: 'm1', payload: { on: '2026-03-02' } },
];
describe('laws of the fold', () => testFoldLaws('dot', dotFold, dotRecordSchema, templates));
