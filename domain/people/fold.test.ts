import { assert, constantFrom, integer, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DivisionId, EmployeeId } from '#contracts/ids';
import { nameKey, plainName, searchKey, type EmployeeState } from './employee.ts';
import { applyPeopleEvents, type Directory, type PeopleEvent } from './fold.ts';

const ann: EmployeeState = {
  firstName: 'Ann',
  lastName: 'Lee',
  email: null,
  birthDate: null,
  zone: null,
  jurisdiction: null,
  divisionId: null,
  locationId: null,
  jobRoleId: null,
  managerId: null,
  safetySensitiveFirstAt: null,
  requirements: null,
  declaredPhase: 'active',
  periods: [{ from: '2026-01-01', to: null }],
  leaveFrom: null,
  returnOn: null,
};

const directory: Directory = {
  division: (ref) => (ref === 'north' ? ('div_n' as DivisionId) : undefined),
  location: () => undefined,
  jobRole: () => undefined,
  manager: (ref) => (ref === 'M-1' ? ('emp_m' as EmployeeId) : undefined),
};

function update(id: string, occurredAt: string, profile: PeopleEvent['payload'] & object): PeopleEvent {
  return { id, occurredAt, version: 0, type: 'employee.updated', payload: { profile } } as PeopleEvent;
}

describe('applyPeopleEvents', () => {
  it('takes what an update carries and leaves what it does not', () => {
    const { state, refused } = applyPeopleEvents(
      { ...ann, jurisdiction: 'TX' },
      [
        update('e1', '2026-02-01T00:00:00.000Z', {
          lastName: 'Li',
          email: 'Ann@X.COM',
          divisionRef: 'north',
          managerRef: 'M-1',
        } as never),
      ],
      directory,
    );
    expect(state).toMatchObject({
      firstName: 'Ann',
      lastName: 'Li',
      email: 'ann@x.com',
      divisionId: 'div_n',
      managerId: 'emp_m',
      jurisdiction: 'TX',
    });
    expect(refused.size).toBe(0);
  });

  it('applies the rest of an event whose place or zone is not known, and says so', () => {
    const { state, refused } = applyPeopleEvents(
      { ...ann, divisionId: 'div_old' as DivisionId },
      [
        update('e1', '2026-02-01T00:00:00.000Z', {
          firstName: 'Anna',
          divisionRef: 'south',
          zone: 'Mars/Base',
        } as never),
      ],
      directory,
    );
    expect(state).toMatchObject({ firstName: 'Anna', divisionId: 'div_old', zone: null });
    expect(refused.get('e1')).toBe('"Mars/Base" is not an IANA time zone; division "south" is not known');
  });

  it('gives the same person for any order of arrival and any repetition', () => {
    const event = record({
      day: integer({ min: 1, max: 28 }),
      kind: constantFrom('hired', 'leave', 'returned', 'terminated', 'rehired', 'name'),
    });
    assert(
      property(uniqueArray(event, { maxLength: 12 }), integer(), (drawn, seed) => {
        const events = drawn.map(({ day, kind }, index) => toEvent(index, day, kind));
        const shuffled = [...events, ...events.slice(0, 3)].toSorted(
          (a, b) => ((Number(a.id) * 31 + seed) % 17) - ((Number(b.id) * 31 + seed) % 17),
        );
        expect(applyPeopleEvents(ann, shuffled, directory)).toEqual(
          applyPeopleEvents(ann, events, directory),
        );
      }),
    );
  });
});

function toEvent(index: number, day: number, kind: string): PeopleEvent {
  const on = `2026-05-${String(day).padStart(2, '0')}`;
  const head = { id: String(index), occurredAt: `${on}T00:00:00.000Z`, version: 0 };
  switch (kind) {
    case 'leave':
      return { ...head, type: 'employee.leave_started', payload: { from: on, returnOn: null } };
    case 'returned':
      return { ...head, type: 'employee.returned', payload: { on } };
    case 'terminated':
      return { ...head, type: 'employee.terminated', payload: { on } };
    case 'name':
      return { ...head, type: 'employee.updated', payload: { profile: { lastName: `Lee-${index}` } } };
    default:
      return {
        ...head,
        type: kind === 'hired' ? 'employee.hired' : 'employee.rehired',
        payload: { startOn: on, phase: 'active', profile: {} },
      };
  }
}

describe('names', () => {
  it('are compared without case, accents and punctuation', () => {
    expect(plainName('  José-María  O’Neill, Jr. ')).toBe('josemaria oneill jr');
    expect(nameKey({ firstName: 'Zoë', lastName: "D'Angelo" })).toBe('dangelo|zoe');
    expect(plainName('Łukasz 王')).toBe('łukasz 王');
    expect(searchKey({ firstName: 'Zoë', lastName: 'Li', number: 'HP-1', email: 'Z@X.com' })).toBe(
      'zoe li hp-1 z@x.com',
    );
  });
});
