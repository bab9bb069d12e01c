import type { Machine } from '#platform/state-machine';

/** Where a person stands towards one visit of one zone. */
export const checkInStates = [
  'idle',
  'blocked',
  'outside',
  'stale_fix',
  'undetermined',
  'code_refused',
  'on_site',
  'on_override',
  'stopped',
  'checked_out',
  'auto_out',
] as const;
export type CheckInState = (typeof checkInStates)[number];
export type CheckInTrigger =
  /** Inside and allowed. */
  | 'admit'
  | 'block'
  | 'outside'
  | 'stale'
  | 'undetermined'
  | 'code_good'
  | 'code_bad'
  | 'override'
  | 'check_out'
  | 'auto_out'
  /** A requirement got a hold while on site, or lost it. */
  | 'lose'
  | 'regain';

/** `unblocked`: on site if the block is gone, else stay. `unseen`: stay, the unseen clock runs. `left`: stay, left without check-out. */
export const checkInMachine: Machine<
  CheckInState,
  CheckInTrigger,
  'not_on_site' | 'held' | 'not_needed' | 'already_out',
  'unblocked' | 'unseen' | 'left'
> = {
  refusals: {
    not_on_site: 'The person is not on site',
    held: 'A hold cannot be overridden',
    not_needed: 'The person is on site already',
    already_out: 'The person is checked out already',
  },
  transitions: {
    idle: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    blocked: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: '@unblocked',
      code_bad: 'code_refused',
      override: '!held',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    outside: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    stale_fix: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    undetermined: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    code_refused: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!not_on_site',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    on_site: {
      admit: '=',
      block: 'stopped',
      outside: '@left',
      stale: '@unseen',
      undetermined: '@unseen',
      code_good: '=',
      code_bad: '?',
      override: '!not_needed',
      check_out: 'checked_out',
      auto_out: 'auto_out',
      lose: 'stopped',
      regain: '=',
    },
    on_override: {
      admit: 'on_site',
      block: 'stopped',
      outside: '@left',
      stale: '@unseen',
      undetermined: '@unseen',
      code_good: 'on_site',
      code_bad: '?',
      override: '=',
      check_out: 'checked_out',
      auto_out: 'auto_out',
      lose: 'stopped',
      regain: '=',
    },
    stopped: {
      admit: 'on_site',
      block: '=',
      outside: '@left',
      stale: '@unseen',
      undetermined: '@unseen',
      code_good: '@unblocked',
      code_bad: '?',
      override: '!held',
      check_out: 'checked_out',
      auto_out: 'auto_out',
      lose: '=',
      regain: 'on_site',
    },
    checked_out: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: '!already_out',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
    auto_out: {
      admit: 'on_site',
      block: 'blocked',
      outside: 'outside',
      stale: 'stale_fix',
      undetermined: 'undetermined',
      code_good: 'on_site',
      code_bad: 'code_refused',
      override: 'on_override',
      check_out: 'checked_out',
      auto_out: '=',
      lose: '=',
      regain: '=',
    },
  },
};
