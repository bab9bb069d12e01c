/** Life of one drug test (49 CFR part 40). `awaiting_der` = only the DER decides (40.355(i)); `with_mro` = 40.97 to 40.167. */
export const drugTestStates = [
  'ordered',
  'scheduled',
  'awaiting_der',
  'short_specimen',
  'collected',
  'at_lab',
  'with_mro',
  'negative',
  'positive',
  'refusal',
  'cancelled',
  'withdrawn',
] as const;
export type DrugTestState = (typeof drugTestStates)[number];

export const drugTestTriggers = [
  'schedule',
  'no_show',
  'report_refusal',
  'insufficient',
  'collect',
  'lab_in',
  'lab_out',
  'mro_negative',
  'mro_positive',
  'mro_refusal',
  'mro_cancel',
  'der_refusal',
  'der_excuse',
  'withdraw',
  'cancel_verified',
  'correct_up',
  'correct_down',
  'reverse_cancellation',
] as const;
export type DrugTestTrigger = (typeof drugTestTriggers)[number];
