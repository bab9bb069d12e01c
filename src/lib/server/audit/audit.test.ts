import { describe, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import type { AuditEntry, Json } from '#domain/audit';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import { viewer, type ViewerParts } from '../testing.ts';
import { differencesOf } from './differences.ts';
import { toAuditRow } from './rows.ts';
import { verifyFrames, type Verify } from './verification.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const see = (parts: ViewerParts) => authorize(viewer(tenantId, parts), 'view', 'administration');

function entry(act: string, after: Json): AuditEntry {
  return {
    tenantId,
    sequence: 1,
    id: ids.next('auditEntry'),
    at: '2026-11-20T12:00:00.000Z',
    actor: { type: 'vendor', id: 'vendor:quest-esp', name: 'quest-esp' },
    act,
    subject: { type: 'compliance_event', id: 'evt_1' },
    before: null,
    after,
    ip: null,
    sessionId: null,
    requestId: null,
    previousHash: '0'.repeat(64),
    hash: '1'.repeat(64),
  };
}

describe('differences', () => {
  test('show what changed, by path, and leave out what stayed', () => {
    const before = { flag: 'yellow', hold: false, place: { site: 'Odessa' } };
    const after = { flag: 'red', hold: false, place: { site: 'Tulsa' }, rules: ['DT06@1', 'DT01@1'] };
    expect(differencesOf(before, after)).toEqual([
      { path: 'flag', before: 'yellow', after: 'red' },
      { path: 'place.site', before: 'Odessa', after: 'Tulsa' },
      { path: 'rules', before: null, after: 'DT06@1, DT01@1' },
    ]);
  });

  test('tell a value that is none from one that is absent', () => {
    expect(differencesOf({ owner: null }, { owner: 'usr_1' })).toEqual([
      { path: 'owner', before: 'none', after: 'usr_1' },
    ]);
    expect(differencesOf(null, null)).toEqual([]);
    expect(differencesOf([], ['a', { b: 1 }])).toEqual([
      { path: 'value', before: 'none', after: 'a, {"b":1}' },
    ]);
  });
});

describe('an entry', () => {
  const ordered = entry('records:event:apply', {
    module: 'drug_alcohol',
    type: 'test.ordered',
    subjectRef: 'o1',
  });
  const cleared = entry('records:event:apply', { module: 'background', type: 'report.cleared' });

  test('keeps values of a module hidden from those who see its status only', () => {
    const row = toAuditRow(see({ role: 'SafetyManager', divisionIds: [] }), cleared);
    expect(row).toMatchObject({ differences: [], hidden: 'Your role does not see Background in full.' });
    expect(row.hash).toBe(cleared.hash);
    expect(toAuditRow(see({ role: 'CompanyAdmin' }), cleared).differences).toHaveLength(2);
  });

  test('of an ordered test is told to the DER alone', () => {
    expect(JSON.stringify(toAuditRow(see({ role: 'CompanyAdmin' }), ordered))).not.toContain('test.ordered');
    expect(toAuditRow(see({ role: 'DER' }), ordered).differences).toContainEqual({
      path: 'type',
      before: null,
      after: 'test.ordered',
    });
  });
});

test('links to a testing vendor’s orders and steps of the laboratory give nothing away', () => {
  const linked = entry('people:reference:link', { system: 'quest-esp.order', value: 'Q1' });
  expect(toAuditRow(see({ role: 'CompanyAdmin' }), linked).differences).toEqual([]);
  expect(toAuditRow(see({ role: 'CompanyAdmin' }), linked)).toMatchObject({
    subject: { id: '' },
    requestId: null,
  });
  expect(toAuditRow(see({ role: 'DER' }), linked).differences).toHaveLength(2);
  const learned = entry('people:reference:learn', ['checkr.report r1 emp_1', 'quest-esp.order Q1 emp_1']);
  expect(toAuditRow(see({ role: 'CompanyAdmin' }), learned).differences).toEqual([]);
  const step = entry('records:event:apply', { module: 'drug_alcohol', type: 'test.lab_reported' });
  expect(toAuditRow(see({ role: 'DER' }), step).differences).toEqual([]);
  const checkr = entry('people:reference:link', { system: 'checkr.report', value: 'r1' });
  expect(toAuditRow(see({ role: 'CompanyAdmin' }), checkr).differences).toHaveLength(2);
});

test('an entry beyond the viewer’s divisions keeps its place in the chain and says nothing else', () => {
  const moved = entry('people:employee:update', { lastName: 'Achterberg' });
  const row = toAuditRow(see({ role: 'SafetyManager', divisionIds: [] }), moved, true);
  expect(row).toMatchObject({ subject: { id: '' }, module: null, differences: [], hash: moved.hash });
});

describe('a verification', () => {
  const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
  const result = { ok: true, entries: 10, head: { sequence: 10, hash: 'ab' }, findings: [], findingCount: 0 };
  const framesOf = async (verify: Verify) => {
    const frames = [];
    const { signal } = new AbortController();
    for await (const frame of verifyFrames(verify, clock, tenantId, signal)) frames.push(frame);
    return frames;
  };

  test('tells progress and ends with the verdict', async () => {
    const frames = await framesOf(async (_tenant, { onProgress }) => {
      onProgress?.(5, 10);
      await new Promise((resolve) => setTimeout(resolve, 5));
      onProgress?.(10, 10);
      clock.advanceMs(40);
      return result;
    });
    expect(frames[0]).toEqual({ type: 'progress', done: 5, total: 10 });
    expect(frames.at(-1)).toMatchObject({ type: 'verdict', ok: true, entries: 10, tookMs: 40 });
  });

  test('of an empty log has a verdict at once, and a failure comes through', async () => {
    expect(await framesOf(async () => ({ ...result, entries: 0, head: null }))).toHaveLength(1);
    await expect(framesOf(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });
});
