import { expect, test } from 'vitest';
import { step } from '#platform/state-machine';
import { caseMachine, caseStates, type CaseTrigger } from './index.ts';

/** The whole table on one screen: a state, then its cells in the order of the triggers. */
const triggers =
  'information recordable not_recordable log days cap close reclassify line_out day_seven osha_reported'.split(
    ' ',
  );
const rows: [string, string][] = [
  [
    'reported',
    'reported recordable not_recordable !not_logged !not_logged !not_logged !not_logged !not_logged !not_logged ? =',
  ],
  ['recordable', 'recordable = not_recordable logged = = !not_logged = !not_logged late ='],
  ['late', 'late = not_recordable logged = = !not_logged = !not_logged = ='],
  [
    'not_recordable',
    'reported recordable = !not_logged !not_logged !not_logged !not_logged !not_logged !not_logged = =',
  ],
  ['logged', '= = !logged = = = closed = lined_out = ='],
  ['closed', 'logged = !logged !already_logged logged = = logged lined_out = ='],
  ['lined_out', 'reported logged = !not_logged !not_logged !not_logged !not_logged !not_logged = = ='],
];

test('every cell of the table is as decided', () => {
  const table = Object.entries(caseMachine.transitions).map(([state, cells]) => [
    state,
    triggers.map((trigger) => (cells as Record<string, string>)[trigger]).join(' '),
  ]);
  expect(table).toEqual(rows);
  for (const cells of Object.values(caseMachine.transitions)) {
    expect(Object.keys(cells).toSorted()).toEqual(triggers.toSorted());
  }
});

test('every step does what its cell says', () => {
  for (const [state, cells] of rows) {
    for (const [index, cell] of cells.split(' ').entries()) {
      const from = caseStates.find((known) => known === state);
      const trigger = triggers[index] as CaseTrigger;
      if (!from) throw new Error(`unknown state ${state}`);
      const result = step(caseMachine, from, trigger, {});
      const refusal = cell.startsWith('!')
        ? caseMachine.refusals[cell.slice(1) as keyof typeof caseMachine.refusals]
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
