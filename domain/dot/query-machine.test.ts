import { expect, test } from 'vitest';
import { step } from '#platform/state-machine';
import { queryMachine, queryStates, type QueryTrigger } from './index.ts';

/** The whole table on one screen: a state, then its cells in the order of the triggers. */
const triggers =
  'submit reject_row process limited_clean limited_hit ask_full consent refuse_consent not_prohibited prohibited not_found day_passed withdraw'.split(
    ' ',
  );
const rows: [string, string][] = [
  [
    'draft',
    '@submit !not_submitted !not_submitted !not_submitted !not_submitted !not_submitted !not_submitted consent_refused !not_submitted !not_submitted !not_submitted = withdrawn',
  ],
  [
    'awaiting',
    '= row_rejected processing limited_clean limited_hit !not_needed = consent_refused not_prohibited prohibited not_found = withdrawn',
  ],
  [
    'row_rejected',
    '@submit = !not_submitted !not_submitted !not_submitted !not_submitted !not_submitted consent_refused !not_submitted !not_submitted !not_submitted = withdrawn',
  ],
  [
    'processing',
    '= ? = limited_clean limited_hit !not_needed = consent_refused not_prohibited prohibited not_found @day_passed !running',
  ],
  ['limited_clean', '!closed ? = = ? consent_pending !not_needed consent_refused ? ? ? = !running'],
  [
    'limited_hit',
    '!closed ? = ? = consent_pending !not_needed consent_refused not_prohibited prohibited ? overdue !running',
  ],
  [
    'consent_pending',
    '!closed ? = ? = = processing consent_refused not_prohibited prohibited not_found overdue @withdraw',
  ],
  ['overdue', '!closed ? = ? = = = ? not_prohibited prohibited ? = !running'],
  ['not_prohibited', '!closed ? = ? = !closed = ? = ? ? = !running'],
  ['prohibited', '!closed ? = ? = !closed = ? ? = ? = !running'],
  ['not_found', '@submit ? = ? ? !not_needed = consent_refused ? ? = @day_passed withdrawn'],
  [
    'consent_refused',
    '!closed ? = ? = consent_pending processing = not_prohibited prohibited ? overdue !running',
  ],
  ['withdrawn', '!closed ? ? ? ? !closed ? consent_refused ? ? ? = ='],
];

test('every cell of the table is as decided', () => {
  const table = Object.entries(queryMachine.transitions).map(([state, cells]) => [
    state,
    triggers.map((trigger) => (cells as Record<string, string>)[trigger]).join(' '),
  ]);
  expect(table).toEqual(rows);
  for (const cells of Object.values(queryMachine.transitions)) {
    expect(Object.keys(cells).toSorted()).toEqual(triggers.toSorted());
  }
});

test('every step does what its cell says', () => {
  for (const [state, cells] of rows) {
    for (const [index, cell] of cells.split(' ').entries()) {
      const from = queryStates.find((known) => known === state);
      const trigger = triggers[index] as QueryTrigger;
      if (!from) throw new Error(`unknown state ${state}`);
      const result = step(queryMachine, from, trigger, {
        submit: () => 'awaiting',
        withdraw: () => 'limited_hit',
        day_passed: () => 'overdue',
      });
      const refusal = cell.startsWith('!')
        ? queryMachine.refusals[cell.slice(1) as keyof typeof queryMachine.refusals]
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
