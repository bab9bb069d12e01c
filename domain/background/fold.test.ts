import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { BackgroundEventType } from '#contracts/events/background';
import { apply, backgroundRecordSchema, emptyRecord, fold } from './index.ts';

function event(
  type: BackgroundEventType,
  at: number,
  payload: unknown,
  over: { subject?: string; id?: number; vendor?: string } = {},
): ComplianceEvent {
  const occurredAt = new Date(at).toISOString();
  const id = String(over.id ?? at).padStart(26, '0');
  return {
    id: `evt_${id}` as ComplianceEvent['id'],
    schemaVersion: 1,
    tenantId: `ten_${'0'.repeat(26)}` as ComplianceEvent['tenantId'],
    employeeId: `emp_${'0'.repeat(26)}` as ComplianceEvent['employeeId'],
    module: 'background',
    type,
    subjectRef: over.subject ?? 'one',
    occurredAt,
    receivedAt: occurredAt,
    version: 0,
    source: { vendor: over.vendor ?? 'checkr', endpointId: null, dedupeKey: id, rawRef: null },
    payload: payload as ComplianceEvent['payload'],
    review: null,
  };
}

const start = Date.parse('2026-06-01T15:00:00Z');
const hour = 3_600_000;

describe('background orders', () => {
  test('an order of our own begins as a draft and needs the authorisation; a vendor’s begins as pending', () => {
    const ours = event('order.placed', start, {}, { vendor: 'app' });
    expect(apply(emptyRecord(), ours).outcome).toEqual({
      refused: 'Disclosure and authorisation come first (15 USC 1681b(b)(2))',
    });
    const consent = event('authorisation.given', start - hour, { form: 'written' }, { vendor: 'app' });
    expect(fold([consent, ours]).orders['one']!.state).toBe('pending');
    expect(fold([event('report.considered', start, {})]).orders['one']!.state).toBe('adjudication');
  });

  test('each fact names its event', () => {
    const clear = event('report.cleared', start + hour, {});
    const order = fold([event('order.placed', start, { package: 'driver' }), clear]).orders['one']!;
    expect(order.by).toMatchObject({ result: clear.id, completedAt: clear.id, state: clear.id });
    expect(order.eventIds).toHaveLength(2);
  });

  test('the trucking branch is refused to others', () => {
    const events = [event('report.considered', start, {})];
    const action = event('adverse.trucking_action_taken', start + hour, {}, { vendor: 'app' });
    expect(apply(fold(events), action).outcome).toEqual({
      refused: 'That notice belongs to the other branch of 15 USC 1681b(b)(3)',
    });
  });
});

describe('order independence', () => {
  const kinds: [BackgroundEventType, unknown][] = [
    ['authorisation.given', { form: 'written' }],
    ['order.placed', {}],
    ['order.suspended', {}],
    ['order.resumed', {}],
    ['order.cancelled', {}],
    ['report.cleared', { includesCanceled: true }],
    ['report.considered', {}],
    ['report.unclear', { word: 'x' }],
    ['report.revised', { result: 'clear' }],
    ['report.revised', { result: 'consider' }],
    ['adjudication.approved', {}],
    ['adjudication.conditional', { condition: 'c' }],
    ['adverse.pre_notice_sent', { copy: true, rights: true }],
    ['adverse.pre_notice_delivered', {}],
    ['adverse.notice_undelivered', {}],
    ['adverse.wait_ended', {}],
    ['adverse.final_decided', {}],
    ['dispute.opened', {}],
    ['dispute.closed', {}],
  ];
  const history = fc
    .array(
      fc.tuple(
        fc.constantFrom(...kinds),
        fc.integer({ min: 0, max: 20 }),
        fc.constantFrom('one', 'two'),
        fc.constantFrom('app', 'checkr'),
      ),
      { maxLength: 16 },
    )
    .map((rows) =>
      rows.map(([[type, payload], hours, subject, vendor], index) =>
        event(type, start + hours * hour, payload, { subject, vendor, id: index + 1 }),
      ),
    );

  test('any order and any duplication of the events gives the same, valid record', () => {
    fc.assert(
      fc.property(
        history.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events]))),
        ([events, picked]) => {
          const missing = events.filter((one) => !picked.includes(one));
          const expected = fold(events);
          expect(fold([...picked, ...missing])).toEqual(expected);
          expect(backgroundRecordSchema.parse(expected)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });
});
