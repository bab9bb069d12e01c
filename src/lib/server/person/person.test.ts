import { describe, expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import { authorize, authorizeOwn } from '#domain/identity';
import type { FlagHistoryEntry } from '#domain/flags';
import type { AppliedEvent } from '#domain/records';
import { createCountingIds } from '#platform/ids';
import { viewer, type ViewerParts } from '../testing.ts';
import { personActs } from './acts.ts';
import { sightEvents } from './event-sight.ts';
import { eventDetail, eventTitle } from './event-words.ts';
import { toRecords } from './records.ts';
import { toSpans } from './spans.ts';
import { toTimeline } from './timeline.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const employeeId: EmployeeId = ids.next('employee');
const see = (parts: ViewerParts) => authorize(viewer(tenantId, parts), 'see', 'any-module');
const admin = see({ role: 'CompanyAdmin' });
const der = see({ role: 'DER' });

function applied(
  module: Module,
  type: string,
  payload: AppliedEvent['event']['payload'] = {},
  subjectRef = 'order-1',
): AppliedEvent {
  const at = '2026-11-01T00:00:00.000Z';
  return {
    event: {
      id: ids.next('event'),
      schemaVersion: 1,
      tenantId,
      employeeId,
      module,
      type,
      subjectRef,
      occurredAt: at,
      receivedAt: at,
      version: 0,
      source: { vendor: 'quest-esp', endpointId: null, dedupeKey: 'k', rawRef: null },
      payload,
      review: null,
    },
    outcome: 'applied',
    outcomeReason: null,
    appliedAt: at,
  };
}

const random = { test: { dot: true, reason: 'random', kind: 'drug' } };
const typesOf = (events: readonly AppliedEvent[]) => events.map(({ event }) => event.type);

describe('events of tests', () => {
  const ordered = applied('drug_alcohol', 'test.ordered', random);

  test('an unannounced order is the DER’s alone until notice', () => {
    expect(sightEvents(admin, employeeId, [ordered])).toEqual([]);
    expect(sightEvents(der, employeeId, [ordered])).toHaveLength(1);
    const notified = [ordered, applied('drug_alcohol', 'test.notified')];
    expect(sightEvents(admin, employeeId, notified)).toHaveLength(2);
  });

  test('an announced kind of order hides nothing', () => {
    const announced = { test: { dot: true, reason: 'pre_employment', kind: 'drug' } };
    expect(sightEvents(admin, employeeId, [applied('drug_alcohol', 'test.ordered', announced)])).toHaveLength(
      1,
    );
  });

  test('the laboratory’s steps and unverified results are nobody’s', () => {
    const events = [
      applied('drug_alcohol', 'test.collected', random),
      applied('drug_alcohol', 'test.lab_reported', random),
      applied('drug_alcohol', 'test.mro_positive', { channel: 'lab' }),
      applied('drug_alcohol', 'test.mro_negative', { channel: 'mro' }),
    ];
    expect(typesOf(sightEvents(der, employeeId, events))).toEqual(['test.collected', 'test.mro_negative']);
  });

  test('the follow-up plan is not told to the person', () => {
    const own = authorizeOwn(viewer(tenantId, { role: null, employeeId }));
    const events = [applied('drug_alcohol', 'sap.complied', { followUpTests: 6 })];
    expect(sightEvents(own, employeeId, events)).toEqual([]);
    expect(sightEvents(der, employeeId, events)).toHaveLength(1);
  });

  test('a module seen by its status shows no event', () => {
    const safety = see({ role: 'SafetyManager', divisionIds: [] });
    const events = [applied('background', 'report.considered'), applied('dot', 'mvr.received')];
    expect(typesOf(sightEvents(safety, employeeId, events))).toEqual(['mvr.received']);
  });
});

describe('words', () => {
  test('read an event, with its own words where the plain ones mislead', () => {
    expect(eventTitle({ type: 'test.mro_negative' })).toBe('MRO verified the test: negative');
    expect(eventTitle({ type: 'certificate.verified' })).toBe('Certificate verified');
    expect(eventTitle({ type: 'mvr.order_canceled' })).toBe('MVR order canceled');
  });

  test('say what it is about, and never a measured value', () => {
    expect(eventDetail({ payload: random })).toBe('DOT random drug test');
    const course = { item: 'permit_space', expiresOn: '2027-03-01', hours: 8 };
    expect(eventDetail({ payload: course })).toBe('permit space, until 2027-03-01');
    expect(eventDetail({ payload: { alc: 0.05, ugPerDl: 60 } })).toBe('');
  });

  test('records are one line per subject with the last that happened', () => {
    const events = [
      applied('training', 'assignment.created', { item: 'ladder' }, 'a1'),
      applied('training', 'completion.recorded', {}, 'a1'),
    ];
    const training = toRecords(events).find((one) => one.module === 'training');
    expect(training?.items).toMatchObject([
      {
        title: 'ladder',
        state: 'Course completed',
        events: 2,
        history: [{ title: 'Course completed' }, { id: events[0]?.event.id, detail: 'ladder' }],
      },
    ]);
  });
});

function turned(effectiveAt: string, flag: FlagHistoryEntry['to']['flag'], hold = false): FlagHistoryEntry {
  const decision = { flag, hold, reasons: [], nextChangeAt: null, nextFlag: null, nextHold: null, tasks: [] };
  const from = { flag: 'green' as const, hold: false };
  const parts = { audience: 'all' as const, employeeId, module: 'background' as const, causeEventIds: [] };
  return { sequence: 1, effectiveAt, recordedAt: effectiveAt, from, to: { flag, hold }, decision, ...parts };
}

describe('history', () => {
  test('becomes stretches; what did not change colour is one stretch; the future follows', () => {
    const entries = [
      turned('2026-01-01', 'green'),
      turned('2026-02-01', 'green'),
      turned('2026-03-01', 'red', true),
    ];
    expect(toSpans(entries, { at: '2026-12-01', flag: 'green', hold: false })).toEqual([
      { from: '2026-01-01', to: '2026-03-01', flag: 'green', hold: false },
      { from: '2026-03-01', to: '2026-12-01', flag: 'red', hold: true },
      { from: '2026-12-01', to: null, flag: 'green', hold: false },
    ]);
    expect(toSpans([], null)).toEqual([]);
  });

  test('a line that became known later takes back what was said of the time from its effect on', () => {
    const entries = [
      turned('2026-01-01', 'green'),
      turned('2026-03-01', 'red', true),
      turned('2026-02-01', 'yellow'),
    ];
    expect(toSpans(entries, null)).toEqual([
      { from: '2026-01-01', to: '2026-02-01', flag: 'green', hold: false },
      { from: '2026-02-01', to: null, flag: 'yellow', hold: false },
    ]);
    expect(toSpans([...entries, turned('2025-12-01', 'green')], null)).toEqual([
      { from: '2025-12-01', to: null, flag: 'green', hold: false },
    ]);
  });

  test('in the timeline names no rule where the status alone is seen', () => {
    const reason = {
      title: 'Findings',
      ruleId: 'BG02',
      ruleVersion: 1,
    } as FlagHistoryEntry['decision']['reasons'][0];
    const entry = turned('2026-03-01', 'red');
    const history = [{ ...entry, decision: { ...entry.decision, reasons: [reason] } }];
    const parts = { events: [], history, acts: [] };
    expect(toTimeline(admin, parts, 10)[0]?.detail).toBe('Findings, BG02 v1');
    const safety = see({ role: 'SafetyManager', divisionIds: [] });
    expect(toTimeline(safety, parts, 10)[0]).toMatchObject({
      detail: '',
      title: 'Background turned Non-compliant',
    });
  });
});

test('acts that are denied say why and whom to ask', () => {
  const acts = personActs(see({ role: 'SafetyManager', divisionIds: [] }), employeeId, 2);
  expect(acts[0]).toMatchObject({ label: 'Answer 2 open alerts', denied: '' });
  expect(acts.find((act) => act.id === 'open-background')).toMatchObject({
    label: 'Open background records',
    denied: expect.stringMatching(
      /^Your role sees the status only\. Ask someone who is .*DER.*HR onboarding/,
    ),
  });
  expect(personActs(admin, employeeId, 0).every((act) => act.denied === '')).toBe(true);
});
