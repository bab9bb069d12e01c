import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** Modules whose records open only for a stated reason. Flags and alerts of them stay visible to whoever may see them. */
export const guardedModules = ['background'] as const;
export type GuardedModule = (typeof guardedModules)[number];

/** What a background record may be read for: the purposes of 15 U.S.C. 1681b(a)(3)(B), (b)(3) and what the employer owes. */
export const needPurposes = {
  adjudication: 'Assess findings for a hiring or retention decision',
  adverse_action: 'Prepare or review an adverse action notice',
  dispute: 'Answer a dispute of the person',
  recheck: 'Review a periodic or ordered re-check',
  investigation: 'Investigate an incident at work',
  audit: 'Audit of the file',
  legal: 'Legal claim, subpoena or authority',
} as const;
export type NeedPurpose = keyof typeof needPurposes;
export const needPurposeSchema = z.enum(Object.keys(needPurposes) as [NeedPurpose, ...NeedPurpose[]]);

export const needInputSchema = z.object({
  employeeId: idSchema('employee'),
  module: z.enum(guardedModules),
  purpose: needPurposeSchema,
  /** Number of the case, order or ticket that asks for it. */
  caseRef: z.string().trim().min(2).max(80),
  words: z.string().trim().min(10).max(500),
});
export type NeedInput = z.infer<typeof needInputSchema>;

export const standingNeedSchema = z.object({
  id: idSchema('needToKnow'),
  module: z.enum(guardedModules),
  purpose: needPurposeSchema,
  caseRef: z.string(),
  endsAt: instantSchema,
});
export type StandingNeed = z.infer<typeof standingNeedSchema>;
