import { describe, expect, test } from 'vitest';
import { drugTestMachine } from './drug-test-machine.ts';
import { drugTestStates, drugTestTriggers } from './drug-test-states.ts';
import type { DrugTestState, DrugTestTrigger } from './drug-test-states.ts';

/**
 * The table once more, written by event instead of by state and in letters: one column of states per event.
 * `=` stay, `h` a person, 1 wrong moment, 2 a specimen exists, 3 final, 4 nothing verified, 5 the MRO decides,
 * 7 only a correctable cancellation.
 */
const states: Record<string, DrugTestState> = {
  OR: 'ordered',
  SC: 'scheduled',
  DD: 'awaiting_der',
  SB: 'short_specimen',
  CO: 'collected',
  LB: 'at_lab',
  MR: 'with_mro',
  VN: 'negative',
  VP: 'positive',
  RF: 'refusal',
  CX: 'cancelled',
  WD: 'withdrawn',
};
const byEvent: Record<DrugTestTrigger, string> = {
  //                   OR SC DD SB CO LB MR VN VP RF CX WD
  schedule: 'SC = = = = = = = = = = h',
  no_show: 'DD DD = = h h h h h = h =',
  report_refusal: 'DD DD = DD DD h h h h = h DD',
  insufficient: 'SB SB h = SB h h h h h h h',
  collect: 'CO CO = CO = = = = = h = CO',
  lab_in: 'LB LB = LB LB = = = = h = LB',
  lab_out: 'MR MR = MR MR MR = = = h = MR',
  mro_negative: 'VN VN h VN VN VN VN = 3 3 3 VN',
  mro_positive: 'VP VP VP VP VP VP VP 3 = = 3 VP',
  mro_refusal: 'RF RF RF RF RF RF RF 3 = = 3 RF',
  mro_cancel: 'CX CX h CX CX CX CX 3 3 3 = CX',
  der_refusal: '1 1 RF 5 1 1 1 1 1 = 1 1',
  der_excuse: '1 1 sx 5 1 1 1 1 1 h 1 1',
  withdraw: 'WD WD 1 2 2 2 2 2 2 2 2 =',
  cancel_verified: '4 4 4 4 4 4 4 CX CX cs 4 4',
  correct_up: 'v+ v+ v+ v+ v+ v+ v+ v+ = = h v+',
  correct_down: 'VN VN h VN VN VN VN = VN VN h VN',
  reverse_cancellation: '7 7 7 7 7 7 7 7 7 7 vr 7',
};
const words: Record<string, string> = {
  '=': '=',
  h: '?',
  '1': '!wrong_moment',
  '2': '!specimen_exists',
  '3': '!final',
  '4': '!nothing_verified',
  '5': '!mro_decides',
  '7': '!not_correctable',
  'v+': '@verified',
  vr: '@reversed',
  sx: '@step_before',
  cs: '@specimen_cancelled',
};

describe('drug test state machine', () => {
  for (const trigger of drugTestTriggers) {
    test(`${trigger} in every state`, () => {
      const expected = byEvent[trigger].split(' ').map((code) => states[code] ?? words[code]);
      const actual = drugTestStates.map((state) => drugTestMachine.transitions[state][trigger]);
      expect(actual).toEqual(expected);
    });
  }

  test('is total: 12 states by 18 events, and every refusal has its words', () => {
    expect(Object.keys(drugTestMachine.transitions)).toEqual([...drugTestStates]);
    for (const row of Object.values(drugTestMachine.transitions)) expect(Object.keys(row)).toHaveLength(18);
    for (const refusal of Object.values(drugTestMachine.refusals)) expect(refusal).not.toBe('');
  });
});
