import { expect, test } from 'vitest';
import { step } from '#platform/state-machine';
import { checkInMachine, checkInStates, type CheckInTrigger } from './index.ts';

/** The whole table on one screen: a state, then its cells in the order of the triggers. */
const triggers =
  'admit block outside stale undetermined code_good code_bad override check_out auto_out lose regain'.split(
    ' ',
  );
const rows: [string, string][] = [
  [
    'idle',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !not_on_site = = =',
  ],
  [
    'blocked',
    'on_site blocked outside stale_fix undetermined @unblocked code_refused !held !not_on_site = = =',
  ],
  [
    'outside',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !not_on_site = = =',
  ],
  [
    'stale_fix',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !not_on_site = = =',
  ],
  [
    'undetermined',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !not_on_site = = =',
  ],
  [
    'code_refused',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !not_on_site = = =',
  ],
  ['on_site', '= stopped @left @unseen @unseen = ? !not_needed checked_out auto_out stopped ='],
  ['on_override', 'on_site stopped @left @unseen @unseen on_site ? = checked_out auto_out stopped ='],
  ['stopped', 'on_site = @left @unseen @unseen @unblocked ? !held checked_out auto_out = on_site'],
  [
    'checked_out',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override !already_out = = =',
  ],
  [
    'auto_out',
    'on_site blocked outside stale_fix undetermined on_site code_refused on_override checked_out = = =',
  ],
];

test('every cell of the table is as decided', () => {
  const table = Object.entries(checkInMachine.transitions).map(([state, cells]) => [
    state,
    triggers.map((trigger) => (cells as Record<string, string>)[trigger]).join(' '),
  ]);
  expect(table).toEqual(rows);
  for (const cells of Object.values(checkInMachine.transitions)) {
    expect(Object.keys(cells).toSorted()).toEqual(triggers.toSorted());
  }
});

test('every step does what its cell says', () => {
  for (const [state, cells] of rows) {
    for (const [index, cell] of cells.split(' ').entries()) {
      const from = checkInStates.find((known) => known === state);
      const trigger = triggers[index] as CheckInTrigger;
      if (!from) throw new Error(`unknown state ${state}`);
      const result = step(checkInMachine, from, trigger, {
        unblocked: () => 'on_site',
        unseen: () => '=',
        left: () => '=',
      });
      const refusal = cell.startsWith('!')
        ? checkInMachine.refusals[cell.slice(1) as keyof typeof checkInMachine.refusals]
        : null;
      if (cell === '=') expect(result).toEqual({ state: from, outcome: 'duplicate' });
      else if (cell === '?')
        expect(result).toMatchObject({ state: from, outcome: { review: `${trigger} while ${state}` } });
      else if (refusal) expect(result).toEqual({ state: from, outcome: { refused: refusal } });
      else if (!cell.startsWith('@')) expect(result).toEqual({ state: cell, outcome: 'applied' });
      else expect(result.outcome).toMatch(/applied|duplicate/);
    }
  }
});
