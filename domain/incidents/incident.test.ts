import { expect, it } from 'vitest';
import { step } from '#platform/state-machine';
import { graver, incidentMachine, incidentStates, nextEscalation, topLevel } from './incident.ts';

type Event = keyof (typeof incidentMachine.transitions)['open'];
const to = (state: (typeof incidentStates)[number], event: Event) => step(incidentMachine, state, event, {});

it('every state decides every event', () => {
  const events = Object.keys(incidentMachine.transitions.open);
  expect(events).toHaveLength(8);
  for (const state of incidentStates) {
    expect(Object.keys(incidentMachine.transitions[state]).toSorted()).toEqual(events.toSorted());
  }
});

it('goes from open by way of contained to resolved, and no shorter', () => {
  expect(to('open', 'resolve').outcome).toHaveProperty('refused');
  expect(to('acknowledged', 'resolve').outcome).toHaveProperty('refused');
  expect(to('contained', 'resolve').state).toBe('resolved');
});

it('what was contained and goes on is open again; what ended stays ended', () => {
  expect(to('contained', 'gather').state).toBe('open');
  expect(to('acknowledged', 'worsen').state).toBe('open');
  expect(to('resolved', 'gather').outcome).toHaveProperty('refused');
});

it('escalates by severity, up to the top', () => {
  expect(nextEscalation('critical', 0, 0)).toBe('1970-01-01T00:15:00.000Z');
  expect(nextEscalation('warning', 0, 0)).toBe('1970-01-01T01:00:00.000Z');
  expect(nextEscalation('critical', topLevel, 0)).toBeNull();
  expect([graver('notice', 'critical'), graver('warning', 'notice')]).toEqual(['critical', 'warning']);
});
