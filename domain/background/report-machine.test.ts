import { describe, expect, test } from 'vitest';
import { reportMachine } from './report-machine.ts';
import { reportStates, reportTriggers } from './report-states.ts';
import type { ReportState, ReportTrigger } from './report-states.ts';

/**
 * The table once more, written by event instead of by state and in letters: one column of states per event.
 * `=` stay, `h` a person, 1 not authorised, 3 no finding, 4 notices first, 5 wrong branch, 6 closed.
 */
const states: Record<string, ReportState> = {
  DR: 'draft',
  PE: 'pending',
  SU: 'suspended',
  RV: 'unclear',
  CL: 'clear',
  AJ: 'adjudication',
  AP: 'approved',
  CN: 'conditional',
  PA: 'pre_adverse',
  RD: 'decision_due',
  DI: 'dispute',
  FA: 'final_adverse',
  TT: 'trucking_action',
  TN: 'trucking_notified',
  XX: 'cancelled',
};
const byEvent: Record<ReportTrigger, string> = {
  // columns: DR PE SU RV CL AJ AP CN PA RD DI FA TT TN XX
  order: 'o1 = = = 6 6 6 6 6 6 6 6 6 6 6',
  suspend: 'h SU = SU h h h h h h h h h h h',
  resume: 'h = PE PE h h h h h h h h h h h',
  clear: 'h CL CL CL = h = h h h CL h h h h',
  consider: 'h AJ AJ AJ h = h = = = = = = = h',
  unclear: 'h RV RV = h h h h h h h h h h h',
  approve: '3 3 3 3 6 AP = AP AP AP AP AP AP AP 3',
  condition: '3 3 3 3 6 CN CN = CN CN CN CN CN CN 3',
  pre_notice: '3 3 3 3 3 PA 6 PA = = h 6 5 5 3',
  trucking_action: '3 3 3 3 3 t5 6 t5 5 5 5 5 = = 3',
  trucking_notice: '5 5 5 5 5 5 5 5 5 5 5 5 TN = 5',
  undelivered: 'h h h h h h h h P* P* h h h h h',
  wait_ended: '= = = = = = = = RD = = = = = =',
  open_dispute: 'h DI DI DI = DI = DI DI DI = = = = h',
  close_dispute: 'h h h h = = = = = = dz = = = h',
  final: '4 4 4 4 4 4 4 4 4 FA 4 = 5 5 4',
  cancel: 'XX XX XX XX h h h h h h h h h h =',
  revise: 'h = = ca ca ca pj cj ca ca ca fj tj tj h',
};
const words: Record<string, string> = {
  '=': '=',
  h: '?',
  '1': '!not_authorised',
  '3': '!no_finding',
  '4': '!notices_first',
  '5': '!wrong_branch',
  '6': '!closed',
  o1: '@order',
  t5: '@trucking',
  'P*': '@wait_anew',
  dz: '@after_dispute',
  ca: '@by_result',
  pj: '@by_result_approved',
  cj: '@by_result_conditional',
  fj: '@by_result_final',
  tj: '@by_result_trucking',
};

describe('background report state machine', () => {
  for (const trigger of reportTriggers) {
    test(`${trigger} in every state`, () => {
      const expected = byEvent[trigger].split(' ').map((code) => states[code] ?? words[code]);
      const actual = reportStates.map((state) => reportMachine.transitions[state][trigger]);
      expect(actual).toEqual(expected);
    });
  }

  test('is total: 15 states by 18 events, and every refusal has its words', () => {
    expect(Object.keys(reportMachine.transitions)).toEqual([...reportStates]);
    for (const row of Object.values(reportMachine.transitions)) expect(Object.keys(row)).toHaveLength(18);
    for (const refusal of Object.values(reportMachine.refusals)) expect(refusal).not.toBe('');
  });
});
