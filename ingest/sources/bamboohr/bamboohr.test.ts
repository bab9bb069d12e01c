import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import { bamboohr } from './source.ts';

const nowMs = Date.parse('2026-11-20T12:00:00.000Z');
const context = { receivedAt: '2026-11-20T12:00:00.000Z', settings: {} };
const message = {
  type: 'employee.updated',
  timestamp: '2026-11-20T11:59:00+0000',
  data: { companyId: '12', employeeId: '100', changedFields: ['firstName'] },
};

function parse(change: Record<string, unknown> = {}) {
  return bamboohr.parse(Buffer.from(JSON.stringify({ ...message, ...change })), {});
}

function told(change: Record<string, unknown>, answer?: unknown) {
  const parsed = parse(change);
  if (!parsed.ok) return parsed.places.map((place) => `${parsed.stage} ${place.path}`);
  const outcomes =
    answer === undefined
      ? bamboohr.normalise(parsed.value, context)
      : bamboohr.normaliseFetched?.(parsed.value, answer, context);
  return outcomes
    ?.map(checkedOutcome)
    .map((one) =>
      one.kind === 'event' ? one.draft.type : 'reason' in one ? `${one.kind} ${one.reason}` : one.kind,
    );
}

function verify(signature: string, timestamp: string, body = JSON.stringify(message)) {
  const answer = bamboohr.createVerifier(['old', 'private-key'])(
    Buffer.from(body),
    { 'x-bamboohr-signature': signature, 'x-bamboohr-timestamp': timestamp },
    nowMs,
  );
  return answer.ok ? 'ok' : answer.reason;
}

const signed = (timestamp: string) =>
  createHmac('sha256', 'private-key')
    .update(`${JSON.stringify(message)}${timestamp}`)
    .digest('hex');

test('signature over body and timestamp, in that order', () => {
  const now = String(nowMs / 1000);
  const stale = String(nowMs / 1000 - 400);
  expect(verify(signed(now), now)).toBe('ok');
  expect(verify(signed(now), String(nowMs / 1000 - 1))).toBe('signature_mismatch');
  expect(verify(signed(now), now, '{}')).toBe('signature_mismatch');
  expect(verify(signed(now).toUpperCase(), now)).toBe('signature_mismatch');
  expect(verify(signed(stale), stale)).toBe('timestamp_stale');
  expect(verify('', now)).toBe('signature_missing');
  expect(verify(signed(now), '')).toBe('timestamp_missing');
});

describe('messages', () => {
  test.each([
    [{}, ['fetch']],
    [{ type: 'employee.created', timestamp: '2026-11-20T11:59:00Z' }, ['fetch']],
    [{ type: 'employee.deleted' }, ['dead_letter needs_decision']],
    [{ type: 'company.updated' }, ['drop unknown_event_type']],
    [{ data: { employeeId: 100 } }, ['fetch']],
    [{ data: {} }, ['schema data.employeeId']],
    [{ timestamp: 'soon' }, ['schema timestamp']],
    [{ type: null }, ['schema type']],
  ])('%j → %j', (change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  test('the employee that the API answers', () => {
    const employee = {
      id: '100',
      employeeNumber: 'HP-7',
      firstName: 'Ada',
      lastName: 'Quarry',
      hireDate: '2024-02-01',
      terminationDate: '0000-00-00',
      status: 'Active',
    };
    expect(told({}, employee)).toEqual(['employee.hired']);
    expect(told({}, { ...employee, terminationDate: '2026-11-01', status: 'Inactive' })).toEqual([
      'employee.updated',
      'employee.terminated',
    ]);
    expect(told({}, { ...employee, hireDate: null })).toEqual(['employee.updated']);
    expect(told({}, { ...employee, id: '101' })).toEqual(['dead_letter fetch_mismatch']);
    expect(told({}, 'no employee')).toEqual(['dead_letter fetch_unreadable']);
  });
});
