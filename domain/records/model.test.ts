import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { compareEvents } from '#domain/folding';
import { foldEvents, followsOn, type ModuleRecord } from './model.ts';

/** A model that simply remembers what it was given, in order. */
const journal = {
  empty: (): ModuleRecord => ({ seen: [] }),
  apply: (record: ModuleRecord, event: ComplianceEvent) => ({
    record: { seen: [...(record['seen'] as string[]), event.id] },
    outcome: 'applied' as const,
  }),
};

function eventAt(id: number, minute: number, version: number): ComplianceEvent {
  const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return {
    id: `evt_${String(id).padStart(26, '0')}`,
    occurredAt: at,
    version,
  } as ComplianceEvent;
}

const someEvents = fc
  .uniqueArray(fc.record({ id: fc.nat(1000), minute: fc.nat(5), version: fc.nat(2) }), {
    selector: (e) => e.id,
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list.map((e) => eventAt(e.id, e.minute, e.version)));

test('a record does not depend on the order in which its events arrive', () => {
  fc.assert(
    fc.property(someEvents, fc.infiniteStream(fc.nat()), (events, noise) => {
      const shuffled = events
        .map((event) => ({ event, key: noise.next().value as number }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ event }) => event);
      expect(foldEvents(journal, null, shuffled).record).toEqual(foldEvents(journal, null, events).record);
    }),
  );
});

test('folding on from a record gives what folding from the beginning gives', () => {
  fc.assert(
    fc.property(someEvents, fc.nat(12), (events, cut) => {
      const ordered = events.toSorted(compareEvents);
      const first = ordered.slice(0, cut);
      const rest = ordered.slice(cut);
      if (first.length === 0 || rest.length === 0) return;
      const half = foldEvents(journal, null, first);
      expect(followsOn(half.last, rest)).toBe(true);
      expect(foldEvents(journal, half, rest)).toMatchObject({
        record: foldEvents(journal, null, ordered).record,
        eventCount: ordered.length,
      });
    }),
  );
});

test('an older event does not follow on', () => {
  const last = eventAt(5, 3, 0);
  expect(followsOn(last, [eventAt(6, 2, 9)])).toBe(false);
  expect(followsOn(last, [eventAt(6, 3, 1)])).toBe(true);
});

test('instants with and without milliseconds are compared as instants', () => {
  const whole = { occurredAt: '2026-01-01T00:00:00Z', version: 0, id: 'a' };
  const later = { occurredAt: '2026-01-01T00:00:00.500Z', version: 0, id: 'a' };
  expect(compareEvents(whole, later)).toBeLessThan(0);
});
