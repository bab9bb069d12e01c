import { describe, expect, it } from 'vitest';
import { approvalStates } from '#contracts/screens/approvals';
import { step } from '#platform/state-machine';
import { approvalEvents, approvalMachine } from './machine.ts';

// state × event: the new state, `=` nothing happens, `!` refused.
const table = `
state     | approve  | refuse  | withdraw  | expire  | run
requested | approved | refused | withdrawn | expired | !
approved  | =        | refused | withdrawn | expired | done
refused   | !        | =       | !         | =       | !
withdrawn | !        | !       | =         | =       | !
expired   | !        | !       | !         | =       | !
done      | !        | !       | !         | =       | !`;

const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const cells = rows.flatMap(([state = '', ...marks]) =>
  approvalEvents.map((event, at) => ({
    state: state as (typeof approvalStates)[number],
    event,
    mark: marks[at] ?? '',
  })),
);

describe('states of a request', () => {
  it('decides every state and event', () => {
    expect(rows.map(([state]) => state)).toEqual([...approvalStates]);
    expect(cells).toHaveLength(30);
  });

  it.each(cells)('$state, $event: $mark', ({ state, event, mark }) => {
    const taken = step(approvalMachine, state, event, {});
    if (mark === '!') expect(taken).toMatchObject({ state, outcome: { refused: expect.any(String) } });
    else if (mark === '=') expect(taken).toEqual({ state, outcome: 'duplicate' });
    else expect(taken).toEqual({ state: mark, outcome: 'applied' });
  });
});
