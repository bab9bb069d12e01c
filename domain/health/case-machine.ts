import type { Machine } from '#platform/state-machine';

/** Life of one injury or illness case (29 CFR 1904). `late` = recordable and past the 7th day unlogged. */
export const caseStates = [
  'reported',
  'recordable',
  'late',
  'not_recordable',
  'logged',
  'closed',
  'lined_out',
] as const;
export type CaseState = (typeof caseStates)[number];
export type CaseTrigger =
  | 'information'
  | 'recordable'
  | 'not_recordable'
  /** Entered on the 300 log and a 301 completed. */
  | 'log'
  | 'days'
  /** 180 days reached: the count stands still. */
  | 'cap'
  | 'close'
  | 'reclassify'
  | 'line_out'
  /** Seven calendar days since the information passed. */
  | 'day_seven'
  | 'osha_reported';

export const caseMachine: Machine<CaseState, CaseTrigger, 'not_logged' | 'logged' | 'already_logged', never> =
  {
    refusals: {
      not_logged: 'The case is not on the log',
      logged: 'The case is on the log: line it out instead',
      already_logged: 'The case is on the log already',
    },
    transitions: {
      reported: {
        information: 'reported',
        recordable: 'recordable',
        not_recordable: 'not_recordable',
        log: '!not_logged',
        days: '!not_logged',
        cap: '!not_logged',
        close: '!not_logged',
        reclassify: '!not_logged',
        line_out: '!not_logged',
        day_seven: '?',
        osha_reported: '=',
      },
      recordable: {
        information: 'recordable',
        recordable: '=',
        not_recordable: 'not_recordable',
        log: 'logged',
        days: '=',
        cap: '=',
        close: '!not_logged',
        reclassify: '=',
        line_out: '!not_logged',
        day_seven: 'late',
        osha_reported: '=',
      },
      late: {
        information: 'late',
        recordable: '=',
        not_recordable: 'not_recordable',
        log: 'logged',
        days: '=',
        cap: '=',
        close: '!not_logged',
        reclassify: '=',
        line_out: '!not_logged',
        day_seven: '=',
        osha_reported: '=',
      },
      not_recordable: {
        information: 'reported',
        recordable: 'recordable',
        not_recordable: '=',
        log: '!not_logged',
        days: '!not_logged',
        cap: '!not_logged',
        close: '!not_logged',
        reclassify: '!not_logged',
        line_out: '!not_logged',
        day_seven: '=',
        osha_reported: '=',
      },
      logged: {
        information: '=',
        recordable: '=',
        not_recordable: '!logged',
        log: '=',
        days: '=',
        cap: '=',
        close: 'closed',
        reclassify: '=',
        line_out: 'lined_out',
        day_seven: '=',
        osha_reported: '=',
      },
      closed: {
        information: 'logged',
        recordable: '=',
        not_recordable: '!logged',
        log: '!already_logged',
        days: 'logged',
        cap: '=',
        close: '=',
        reclassify: 'logged',
        line_out: 'lined_out',
        day_seven: '=',
        osha_reported: '=',
      },
      lined_out: {
        information: 'reported',
        recordable: 'logged',
        not_recordable: '=',
        log: '!not_logged',
        days: '!not_logged',
        cap: '!not_logged',
        close: '!not_logged',
        reclassify: '!not_logged',
        line_out: '=',
        day_seven: '=',
        osha_reported: '=',
      },
    },
  };
