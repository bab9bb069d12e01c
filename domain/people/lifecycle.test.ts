import { describe, expect, it } from 'vitest';
import { peopleEvents, type PeopleEventType } from '#contracts/events/people';
import { phases, type Phase } from '#contracts/person-facts';
import { phaseChangesOn, phaseOn, step, type Employment, type LifecycleEvent } from './lifecycle.ts';

const states: Record<Phase, Employment> = {
  applicant: employment('applicant', [{ from: '2026-03-01', to: null }]),
  active: employment('active', [{ from: '2026-03-01', to: null }]),
  leave: {
    ...employment('leave', [{ from: '2026-03-01', to: null }]),
    leaveFrom: '2026-06-01',
    returnOn: '2026-08-01',
  },
  terminated: employment('terminated', [{ from: '2026-03-01', to: '2026-09-30' }]),
};

function employment(declaredPhase: Phase, periods: Employment['periods']): Employment {
  return { declaredPhase, periods, leaveFrom: null, returnOn: null, safetySensitiveFirstAt: null };
}

const start = { startOn: '2026-10-10', phase: 'active', profile: {} } as const;
const events: { [T in PeopleEventType]: Extract<LifecycleEvent, { type: T }> } = {
  'employee.hired': { type: 'employee.hired', payload: start },
  'employee.updated': { type: 'employee.updated', payload: { phase: 'active', profile: {} } },
  'employee.leave_started': {
    type: 'employee.leave_started',
    payload: { from: '2026-07-01', returnOn: null },
  },
  'employee.returned': { type: 'employee.returned', payload: { on: '2026-07-15' } },
  'employee.terminated': { type: 'employee.terminated', payload: { on: '2026-10-31' } },
  'employee.rehired': { type: 'employee.rehired', payload: start },
};

// Each cell: the phase after, or "–" for refused.
const table = `
           | hired  | updated | leave_started | returned | terminated | rehired
applicant  | active | active  | –             | –        | terminated | active
active     | active | active  | leave         | active   | terminated | –
leave      | –      | –       | leave         | active   | terminated | –
terminated | active | –       | –             | –        | terminated | active`;

const cells = table
  .trim()
  .split('\n')
  .slice(1)
  .flatMap((line) => {
    const [phase, ...after] = line.split('|').map((part) => part.trim());
    return Object.keys(peopleEvents).map((type, index) => ({
      phase: phase as Phase,
      type: type as PeopleEventType,
      after: after[index] ?? '',
    }));
  });

describe('lifecycle', () => {
  it('covers every phase and event', () => {
    expect(cells).toHaveLength(phases.length * Object.keys(peopleEvents).length);
  });

  it.each(cells)('$phase + $type → $after', ({ phase, type, after }) => {
    const { state, refused } = step(states[phase], events[type]);
    if (after === '–') {
      expect(refused).not.toBeNull();
      expect(state).toEqual(states[phase]);
    } else {
      expect(refused).toBeNull();
      expect(state.declaredPhase).toBe(after);
    }
  });

  it('keeps earlier periods over a rehire and forgets the old safety-sensitive date', () => {
    const left = { ...states.terminated, safetySensitiveFirstAt: '2026-03-05T12:00:00.000Z' };
    const { state } = step(left, events['employee.rehired']);
    expect(state.periods).toEqual([
      { from: '2026-03-01', to: '2026-09-30' },
      { from: '2026-10-10', to: null },
    ]);
    expect(state.safetySensitiveFirstAt).toBeNull();
  });

  it.each([
    [
      'a rehire before the last day',
      'terminated',
      { type: 'employee.rehired', payload: { ...start, startOn: '2026-09-30' } },
    ],
    ['a last day before the first', 'active', { type: 'employee.terminated', payload: { on: '2026-02-01' } }],
    [
      'a leave before the work',
      'active',
      { type: 'employee.leave_started', payload: { from: '2026-01-01', returnOn: null } },
    ],
    ['a return before the leave', 'leave', { type: 'employee.returned', payload: { on: '2026-05-31' } }],
    [
      'an offer for someone at work',
      'active',
      { type: 'employee.hired', payload: { ...start, phase: 'applicant' } },
    ],
  ] as [string, Phase, LifecycleEvent][])('refuses %s', (_, phase, event) => {
    const { state, refused } = step(states[phase], event);
    expect(refused).toBeTruthy();
    expect(state).toEqual(states[phase]);
  });

  it('a withdrawn offer leaves no period', () => {
    const { state } = step(states.applicant, { type: 'employee.terminated', payload: { on: '2026-02-01' } });
    expect(state).toMatchObject({ declaredPhase: 'terminated', periods: [] });
  });
});

describe('phaseOn', () => {
  it('counts a person through the last day worked, from the first', () => {
    const leaving = employment('terminated', [{ from: '2026-03-01', to: '2026-09-30' }]);
    expect(
      ['2026-02-28', '2026-03-01', '2026-09-30', '2026-10-01'].map((day) => phaseOn(leaving, day)),
    ).toEqual(['applicant', 'active', 'active', 'terminated']);
  });

  it('begins a leave on its day and keeps it past the planned return', () => {
    expect(['2026-05-31', '2026-06-01', '2026-12-24'].map((day) => phaseOn(states.leave, day))).toEqual([
      'active',
      'leave',
      'leave',
    ]);
  });

  it('tells the next day on which it changes by date alone', () => {
    expect(phaseChangesOn(states.leave, '2026-05-30')).toBe('2026-06-01');
    expect(phaseChangesOn(states.leave, '2026-06-01')).toBeNull();
    const leaving = employment('terminated', [{ from: '2026-12-01', to: '2027-02-28' }]);
    expect(phaseChangesOn(leaving, '2026-11-20')).toBe('2026-12-01');
    expect(phaseChangesOn(leaving, '2026-12-01')).toBe('2027-03-01');
    expect(phaseChangesOn(states.applicant, '2026-01-01')).toBeNull();
  });
});
