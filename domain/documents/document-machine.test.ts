import { expect, test } from 'vitest';
import { step } from '#platform/state-machine';
import { documentMachine, documentStates, type DocumentTrigger } from './index.ts';

/** The whole table on one screen: a state, then its cells in the order of the triggers. */
const triggers = 'require upload read_good read_low verify reject warn expire void succeed drop'.split(' ');
const rows: [string, string][] = [
  ['required', '= uploaded !unread !unread !unread !unread = = !not_valid_yet = not_required'],
  ['uploaded', '= uploaded review review !unread rejected = = !not_valid_yet superseded not_required'],
  ['review', '= uploaded = = @by_date rejected = = !not_valid_yet superseded not_required'],
  ['active', '= @new_upload = = = !verified expiring expired void superseded not_required'],
  ['expiring', '= @new_upload = = = !verified = expired void superseded not_required'],
  ['expired', '= @new_upload = = = !verified = = void superseded not_required'],
  ['rejected', '= uploaded !unread !unread !unread = = = !not_valid_yet superseded not_required'],
  ['void', '= @new_upload !closed !closed !closed !closed = = = = not_required'],
  ['superseded', '= @new_upload !closed !closed !closed !closed = = void = not_required'],
  ['not_required', 'required @new_upload !closed !closed !closed !closed = = void = ='],
];

test('every cell of the table is as decided', () => {
  const table = Object.entries(documentMachine.transitions).map(([state, cells]) => [
    state,
    triggers.map((trigger) => (cells as Record<string, string>)[trigger]).join(' '),
  ]);
  expect(table).toEqual(rows);
  for (const cells of Object.values(documentMachine.transitions)) {
    expect(Object.keys(cells).toSorted()).toEqual(triggers.toSorted());
  }
});

test('every step does what its cell says', () => {
  for (const [state, cells] of rows) {
    for (const [index, cell] of cells.split(' ').entries()) {
      const from = documentStates.find((known) => known === state);
      const trigger = triggers[index] as DocumentTrigger;
      if (!from) throw new Error(`unknown state ${state}`);
      const result = step(documentMachine, from, trigger, {
        by_date: () => 'expiring',
        new_upload: () => '=',
      });
      const refusal = cell.startsWith('!')
        ? documentMachine.refusals[cell.slice(1) as keyof typeof documentMachine.refusals]
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
