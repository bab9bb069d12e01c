import type { Machine } from '#platform/state-machine';

/**
 * Life of one alcohol test (49 CFR part 40 subparts L to N). `screened` = screening at 0.02 or more, the confirmation
 * is awaited; `below_limit` < 0.02; `low` 0.020–0.039; `high` >= 0.04.
 */
export const alcoholTestStates = [
  'ordered',
  'scheduled',
  'awaiting_der',
  'short_specimen',
  'screened',
  'below_limit',
  'low',
  'high',
  'refusal',
  'cancelled',
  'withdrawn',
] as const;
export type AlcoholTestState = (typeof alcoholTestStates)[number];

export type AlcoholTestTrigger =
  | 'schedule'
  | 'no_show'
  | 'report_refusal'
  | 'insufficient'
  | 'collect'
  | 'screen_below'
  | 'screen_above'
  | 'confirm_below'
  | 'confirm_low'
  | 'confirm_high'
  | 'cancel'
  | 'der_refusal'
  | 'der_excuse'
  | 'withdraw'
  | 'cancel_result'
  /** A drug-test word (MRO, laboratory) on an alcohol test. */
  | 'foreign';

type Row = Readonly<Record<AlcoholTestTrigger, Cell>>;
type Choice = 'step_before' | 'confirmed_below' | 'confirmed_low' | 'confirmed_high';
type Refusal = 'wrong_moment' | 'test_exists' | 'final' | 'nothing_measured';
type Cell = AlcoholTestState | '=' | '?' | `!${Refusal}` | `@${Choice}`;

/** Before a valid breath test: everything can still come, out of order or without its predecessor. */
const open: Row = {
  schedule: '=',
  no_show: 'awaiting_der',
  report_refusal: 'awaiting_der',
  insufficient: 'short_specimen',
  collect: '=',
  screen_below: 'below_limit',
  screen_above: 'screened',
  confirm_below: '@confirmed_below',
  confirm_low: '@confirmed_low',
  confirm_high: '@confirmed_high',
  cancel: 'cancelled',
  der_refusal: '!wrong_moment',
  der_excuse: '!wrong_moment',
  withdraw: 'withdrawn',
  cancel_result: '!nothing_measured',
  foreign: '?',
};

/** After a result: only its cancellation changes it (40.267, 40.269). */
const measured: Row = {
  schedule: '=',
  no_show: '?',
  report_refusal: '?',
  insufficient: '?',
  collect: '=',
  screen_below: '!final',
  screen_above: '!final',
  confirm_below: '!final',
  confirm_low: '!final',
  confirm_high: '!final',
  cancel: 'cancelled',
  der_refusal: '!wrong_moment',
  der_excuse: '!wrong_moment',
  withdraw: '!test_exists',
  cancel_result: 'cancelled',
  foreign: '?',
};

export const alcoholTestMachine: Machine<AlcoholTestState, AlcoholTestTrigger, Refusal, Choice> = {
  refusals: {
    wrong_moment: 'Nothing waits for this decision',
    test_exists: 'The test was made: it can no longer be withdrawn',
    final: 'The test has its result',
    nothing_measured: 'Nothing was measured that could be cancelled',
  },
  transitions: {
    ordered: { ...open, schedule: 'scheduled' },
    scheduled: open,
    awaiting_der: {
      ...open,
      no_show: '=',
      report_refusal: '=',
      insufficient: '?',
      screen_below: '?',
      confirm_below: '?',
      cancel: '?',
      der_refusal: 'refusal',
      der_excuse: '@step_before',
      withdraw: '!wrong_moment',
    },
    short_specimen: {
      ...open,
      no_show: '=',
      insufficient: '=',
      der_refusal: 'refusal',
      der_excuse: '@step_before',
      withdraw: '!test_exists',
    },
    screened: {
      ...open,
      no_show: '?',
      insufficient: '?',
      screen_below: '?',
      screen_above: '=',
      withdraw: '!test_exists',
    },
    below_limit: { ...measured, screen_below: '=', confirm_below: '=' },
    low: { ...measured, confirm_low: '=', screen_above: '=' },
    high: { ...measured, confirm_high: '=', screen_above: '=' },
    refusal: {
      ...measured,
      no_show: '=',
      report_refusal: '=',
      screen_below: '?',
      screen_above: '?',
      confirm_below: '?',
      confirm_low: '?',
      confirm_high: '?',
      cancel: '?',
      der_refusal: '=',
      der_excuse: '?',
      cancel_result: '?',
    },
    cancelled: { ...measured, cancel: '=', cancel_result: '=' },
    withdrawn: { ...open, schedule: '?', no_show: '?', withdraw: '=' },
  },
};
