import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import {
  apply,
  drugAlcoholRecordSchema,
  emptyRecord,
  fold,
  returnStage,
  standingViolations,
} from './index.ts';

const drug = { dot: true, reason: 'random', kind: 'drug' } as const;
const breath = { dot: true, reason: 'random', kind: 'alcohol' } as const;

function event<T extends DrugAlcoholEventType>(
  type: T,
  at: string,
  payload: DrugAlcoholInput<T>,
  over: { subject?: string; id?: number; version?: number } = {},
): ComplianceEvent {
  const id = String(over.id ?? Date.parse(at) / 1000).padStart(26, '0');
  return {
    id: `evt_${id}` as ComplianceEvent['id'],
    schemaVersion: 1,
    tenantId: `ten_${'0'.repeat(26)}` as ComplianceEvent['tenantId'],
    employeeId: `emp_${'0'.repeat(26)}` as ComplianceEvent['employeeId'],
    module: 'drug_alcohol',
    type,
    subjectRef: over.subject ?? 'test-1',
    occurredAt: new Date(at).toISOString(),
    receivedAt: new Date(at).toISOString(),
    version: over.version ?? 0,
    source: { vendor: 'quest-esp', endpointId: null, dedupeKey: id, rawRef: null },
    payload: payload,
    review: null,
  };
}

const stateOf = (events: ComplianceEvent[], subject = 'test-1') => fold(events).tests[subject]?.state;

const cancelled = (cause: 'correctable' | 'fatal_flaw') =>
  event('test.mro_cancelled', '2026-03-01T10:00:00Z', { test: drug, channel: 'mro', cause });
const reversed = (at: string) => event('test.cancellation_reversed', at, { result: 'positive' });
const screened = event('test.alcohol_screened', '2026-03-01T10:00:00Z', { test: breath, alc: 0.045 });
const confirmed = (alc: number) =>
  stateOf([screened, event('test.alcohol_confirmed', '2026-03-01T10:20:00Z', { alc })]);

describe('drug tests', () => {
  test('a lab result never becomes a verified result of a DOT test', () => {
    const record = fold([
      event('test.ordered', '2026-03-01T10:00:00Z', { test: drug }),
      event('test.mro_positive', '2026-03-02T10:00:00Z', { channel: 'lab' }),
    ]);
    expect(record.tests['test-1']!.state).toBe('ordered');
    expect(record.reviews.map((review) => review.reason)).toEqual([
      'a DOT result from lab and not from the MRO',
    ]);
  });

  test('a second result without a correction mark changes nothing and asks for a person; the mark settles it', () => {
    const first = [
      event('test.mro_negative', '2026-02-10T10:00:00Z', { test: drug, channel: 'mro' }),
      event('test.mro_positive', '2026-02-11T10:00:00Z', { channel: 'mro' }),
    ];
    expect(fold(first).reviews).toHaveLength(1);
    expect(stateOf(first)).toBe('negative');
    const settled = fold([
      ...first,
      event('test.mro_corrected', '2026-02-12T08:30:00Z', { result: 'positive' }, { version: 2 }),
    ]);
    expect(settled.tests['test-1']!.state).toBe('positive');
    expect(settled.reviews).toEqual([]);
  });

  test('an excused no-show goes back to the furthest step on record', () => {
    const missed = [
      event('test.ordered', '2026-03-01T10:00:00Z', { test: drug }),
      event('test.no_show', '2026-03-02T10:00:00Z', {}),
    ];
    const excused = event('test.der_excused', '2026-03-03T10:00:00Z', { reason: 'clinic closed' });
    expect(stateOf([...missed, excused])).toBe('scheduled');
    const collected = event('test.collected', '2026-03-02T12:00:00Z', {});
    expect(stateOf([...missed, collected])).toBe('awaiting_der');
    expect(stateOf([...missed, collected, excused])).toBe('collected');
  });

  test('only a correctable cancellation is reversed, within 60 days', () => {
    expect(stateOf([cancelled('correctable'), reversed('2026-04-30T10:00:00Z')])).toBe('positive');
    expect(stateOf([cancelled('correctable'), reversed('2026-05-01T10:00:00Z')])).toBe('cancelled');
    expect(stateOf([cancelled('fatal_flaw'), reversed('2026-03-02T10:00:00Z')])).toBe('cancelled');
  });

  test('every fact names the event that set it', () => {
    const result = event('test.mro_negative', '2026-03-02T10:00:00Z', {
      test: drug,
      channel: 'mro',
      dilute: true,
    });
    const fact = fold([event('test.ordered', '2026-03-01T10:00:00Z', { test: drug }), result]).tests[
      'test-1'
    ]!;
    expect(fact.by).toMatchObject({ state: result.id, dilute: result.id, resultAt: result.id });
    expect(fact.eventIds).toHaveLength(2);
  });

  test('a word nobody knows waits for a person until it is settled', () => {
    const unknown = event('test.word_unknown', '2026-03-01T10:00:00Z', {
      test: drug,
      field: 'OrderStatusID',
      word: 'SUSPENDED',
    });
    expect(fold([unknown]).reviews).toHaveLength(1);
    const settled = { ...event('test.notified', '2026-03-02T10:00:00Z', {}), type: 'human_review.resolved' };
    expect(fold([unknown, settled]).reviews).toEqual([]);
  });
});

describe('alcohol tests', () => {
  test('a confirmation less than 15 minutes after the screening waits for a person', () => {
    const early = event('test.alcohol_confirmed', '2026-03-01T10:14:59Z', { alc: 0.045 });
    expect(stateOf([screened, early])).toBe('screened');
    expect(fold([screened, early]).reviews).toHaveLength(1);
  });

  test('the limits are 0.02 and 0.04 grams per 210 litres', () => {
    expect([confirmed(0.019), confirmed(0.02), confirmed(0.039), confirmed(0.04)]).toEqual([
      'below_limit',
      'low',
      'low',
      'high',
    ]);
  });
});

describe('return to duty', () => {
  const positive = event('test.mro_positive', '2026-03-02T10:00:00Z', { test: drug, channel: 'mro' });
  const evaluated = event('sap.evaluated', '2026-03-10T10:00:00Z', {}, { subject: 'sap' });
  const complied = event('sap.complied', '2026-04-10T10:00:00Z', { followUpTests: 6 }, { subject: 'sap' });
  const returned = event(
    'test.mro_negative',
    '2026-04-20T10:00:00Z',
    { test: { ...drug, reason: 'return_to_duty' }, channel: 'mro' },
    { subject: 'rtd' },
  );

  test('goes step by step and refuses a skip', () => {
    const steps = [positive, evaluated, complied, returned];
    const stages = steps.map((_, index) => returnStage(fold(steps.slice(0, index + 1))).stage);
    expect(stages).toEqual(['open', 'evaluated', 'complied', 'follow_up']);
    expect(apply(fold([positive]), complied).outcome).toEqual({
      refused: 'The initial evaluation by the SAP comes first (49 CFR 40.293)',
    });
    expect(returnStage(fold([positive, complied, returned])).stage).toBe('open');
  });

  test('a return-to-duty test collected before the SAP reported compliance does not count', () => {
    const early = [positive, evaluated, { ...returned, occurredAt: '2026-04-01T10:00:00.000Z' }, complied];
    expect(returnStage(fold(early)).stage).toBe('complied');
  });

  test('a violation that falls away takes its process with it', () => {
    const split = event('test.verified_result_cancelled', '2026-03-20T10:00:00Z', {
      cause: 'split_not_reconfirmed',
    });
    expect(standingViolations(fold([positive, split]))).toEqual([]);
    expect(returnStage(fold([positive, evaluated, split])).stage).toBe('none');
  });
});

describe('order independence', () => {
  const moments = fc
    .integer({ min: 0, max: 40 })
    .map((hour) => Date.parse('2026-03-01T00:00:00Z') + hour * 3e6);
  const descriptor = fc.constantFrom(drug, breath, { ...drug, reason: 'return_to_duty' as const });
  const payloads = fc.oneof(
    descriptor.map((given) => ['test.ordered', { test: given }] as const),
    fc.constantFrom(
      ['test.no_show', {}] as const,
      ['test.collected', {}] as const,
      ['test.mro_negative', { channel: 'mro' }] as const,
      ['test.mro_positive', { channel: 'mro' }] as const,
      ['test.mro_cancelled', { channel: 'mro', cause: 'correctable' }] as const,
      ['test.mro_corrected', { result: 'positive' }] as const,
      ['test.der_excused', { reason: 'x' }] as const,
      ['test.alcohol_confirmed', { alc: 0.03 }] as const,
      ['test.word_unknown', { field: 'Status', word: '?' }] as const,
      ['sap.evaluated', {}] as const,
      ['sap.complied', { followUpTests: 6 }] as const,
      ['duty.started', {}] as const,
      ['duty.stopped', {}] as const,
      ['clearinghouse.reported', {}] as const,
      ['nonsense.happened', {}] as const,
    ),
  );
  const history = fc
    .array(fc.tuple(payloads, moments, fc.constantFrom('test-1', 'test-2')), { maxLength: 14 })
    .map((rows) =>
      rows.map(([[type, payload], ms, subject], index) =>
        event(type as DrugAlcoholEventType, new Date(ms).toISOString(), payload as never, {
          subject,
          id: index + 1,
        }),
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
          expect(drugAlcoholRecordSchema.parse(expected)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('folding is applying one after the other', () => {
    fc.assert(
      fc.property(history, (events) => {
        const ordered = events.toSorted(
          (a, b) => a.occurredAt.localeCompare(b.occurredAt) || (a.id < b.id ? -1 : 1),
        );
        const record = ordered.reduce((before, one) => apply(before, one).record, emptyRecord());
        expect(record).toEqual(fold(events));
      }),
    );
  });
});
