import { expect, test } from 'vitest';
import { idSchema } from '#contracts/ids';
import { eventIdOf } from './event-id.ts';

const fact = {
  tenantId: 'ten_00000000000000000000000001',
  vendor: 'checkr',
  dedupeKey: 'evt-1:report.completed:result',
  occurredAt: '2026-11-20T12:00:00.000Z',
};

test('the same fact has the same id, and it is an event id', () => {
  expect(eventIdOf(fact)).toBe(eventIdOf({ ...fact }));
  expect(idSchema('event').safeParse(eventIdOf(fact)).success).toBe(true);
});

test('another tenant, vendor or key is another fact; keys cannot run into each other', () => {
  const others = [
    { ...fact, tenantId: 'ten_00000000000000000000000002' },
    { ...fact, vendor: 'tazworks' },
    { ...fact, dedupeKey: 'evt-2:report.completed:result' },
    { ...fact, vendor: 'checkr","evt-1', dedupeKey: 'report.completed:result' },
  ];
  expect(new Set([fact, ...others].map(eventIdOf)).size).toBe(5);
});

test('ids sort by the instant of the fact', () => {
  const ids = ['2024-01-01', '2025-06-30', '2026-11-20'].map((day) =>
    eventIdOf({ ...fact, occurredAt: `${day}T00:00:00.000Z` }),
  );
  expect(ids).toEqual(ids.toSorted());
});
