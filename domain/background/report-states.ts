/** Life of one background report, from the order to its decision (15 USC 1681b). */
export const reportStates = [
  'draft',
  'pending',
  'suspended',
  'unclear',
  'clear',
  'adjudication',
  'approved',
  'conditional',
  'pre_adverse',
  'decision_due',
  'dispute',
  'final_adverse',
  'trucking_action',
  'trucking_notified',
  'cancelled',
] as const;
export type ReportState = (typeof reportStates)[number];

export const reportTriggers = [
  'order',
  'suspend',
  'resume',
  'clear',
  'consider',
  'unclear',
  'approve',
  'condition',
  'pre_notice',
  'trucking_action',
  'trucking_notice',
  'undelivered',
  'wait_ended',
  'open_dispute',
  'close_dispute',
  'final',
  'cancel',
  'revise',
] as const;
export type ReportTrigger = (typeof reportTriggers)[number];

export type ReportRefusal = 'not_authorised' | 'no_finding' | 'notices_first' | 'wrong_branch' | 'closed';

/**
 * order: pending, refused without authorisation · trucking: only for a trucking applicant (1681b(b)(3)(C)) ·
 * wait_anew: waiting, the clock from the start · after_dispute: clear if it is now, else waiting anew if the notice
 * went out, else adjudication · by_result: clear or adjudication by the revised result; the suffixed ones stay where
 * they are when the result did not change.
 */
export type ReportChoice =
  | 'order'
  | 'trucking'
  | 'wait_anew'
  | 'after_dispute'
  | 'by_result'
  | 'by_result_approved'
  | 'by_result_conditional'
  | 'by_result_final'
  | 'by_result_trucking';

export type Row = Readonly<
  Record<ReportTrigger, ReportState | '=' | '?' | `!${ReportRefusal}` | `@${ReportChoice}`>
>;
