import { describe, expect, test } from 'vitest';
import { toPersonRow, toPersonStandIn, type PersonRow } from './rows.ts';
import { testChange, testId } from './testing.ts';
import { createWrittenPeople } from './written-people.ts';

const person: PersonRow = {
  tenantId: testId('tenant', 1),
  employeeId: testId('employee', 1),
  name: 'Otis Farrow',
  phase: 'active',
  division: { id: testId('division', 2), name: 'Linehaul' },
  location: null,
  jobRole: null,
  updatedAt: '2026-11-20T10:00:00.000Z',
};
const later = toPersonRow({ ...person, updatedAt: '2026-11-20T11:00:00.000Z' });
const moved = toPersonRow({ ...person, division: null });
const standIn = toPersonStandIn({
  change: testChange(1, { employeeId: person.employeeId }),
  at: { topic: 't', partition: 0, offset: 1n },
});

describe('people written before', () => {
  test('nobody is known at first', () => {
    expect(createWrittenPeople(true).isNews(standIn)).toBe(true);
  });

  test.each([
    [true, false],
    [false, true],
  ])('sole writer %s: the same at a later instant is news %s, a move always', (isSoleWriter, isNews) => {
    const written = createWrittenPeople(isSoleWriter);
    written.add(toPersonRow(person));
    expect([written.isNews(later), written.isNews(moved), written.isNews(standIn)]).toEqual([
      isNews,
      true,
      false,
    ]);
  });

  test('of a person who moved away and back the way back is news', () => {
    const written = createWrittenPeople(true);
    for (const row of [toPersonRow(person), moved]) written.add(row);
    expect(written.isNews(later)).toBe(true);
  });

  test('stand-ins of one person: the later is news when it says something else; a full row always', () => {
    const written = createWrittenPeople(true);
    written.add(standIn);
    expect(written.isNews(standIn)).toBe(false);
    expect(written.isNews({ ...standIn, phase: 'leave' })).toBe(true);
    expect(written.isNews({ ...standIn, version: 1 })).toBe(true);
  });

  test('what an event tells along of a person who was announced is no news, however late it comes', () => {
    const aside = (phase: PersonRow['phase'], updatedAt: string) =>
      toPersonRow({ ...person, phase, updatedAt, isAside: true });
    const written = createWrittenPeople(false);
    written.add(aside('active', '2026-11-20T09:00:00.000Z'));
    expect(written.isNews(aside('leave', '2026-11-20T09:30:00.000Z'))).toBe(true);
    expect(written.isNews(toPersonRow(person))).toBe(true);
    written.add(toPersonRow(person));
    const late = aside('leave', '2027-01-01T00:00:00.000Z');
    expect(written.isNews(late)).toBe(false);
    expect(Number(late.version)).toBeLessThan(Number(toPersonRow(person).version));
  });
});
