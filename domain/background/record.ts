import * as z from 'zod';
import { instantSchema } from '#contracts/time';
import { openReviewSchema } from '#domain/folding';
import { reportStates } from './report-states.ts';

const at = instantSchema.nullable();

export const orderFactSchema = z.object({
  subjectRef: z.string(),
  state: z.enum(reportStates),
  package: z.string().nullable(),
  source: z.enum(['order', 'recheck', 'continuous']),
  /** The branch of 15 USC 1681b(b)(3)(B)–(C): all three at procurement. */
  truckingApplicant: z.boolean(),
  orderedAt: instantSchema,
  suspendedWord: z.string().nullable(),
  result: z.enum(['clear', 'consider', 'unknown']).nullable(),
  includesCanceled: z.boolean(),
  completedAt: at,
  revisedAt: at,
  /** Approval, condition, adverse action: when. */
  decidedAt: at,
  condition: z.string().nullable(),
  preSentAt: at,
  preDeliveredAt: at,
  undeliveredAt: at,
  disputedAt: at,
  disputeReceivedAt: at,
  disputeNewFacts: z.boolean(),
  finalNoticeAt: at,
  truckingActionAt: at,
  truckingNoticeAt: at,
  /** A revision changed the result after a decision: which event, and whom the earlier decision held. */
  reopened: z.object({ eventId: z.string(), held: z.enum(['any', 'applicant', 'none']) }).nullable(),
  lastEventAt: instantSchema,
  vendors: z.array(z.string()),
  /** Which event set each field. */
  by: z.record(z.string(), z.string()),
  eventIds: z.array(z.string()),
});
export type OrderFact = z.infer<typeof orderFactSchema>;

export const backgroundRecordSchema = z.object({
  disclosure: z.object({ standalone: z.boolean(), at: instantSchema, eventId: z.string() }).nullable(),
  authorisation: z
    .object({ form: z.enum(['written', 'electronic', 'oral']), at: instantSchema, eventId: z.string() })
    .nullable(),
  orders: z.record(z.string(), orderFactSchema),
  reviews: z.array(openReviewSchema),
});
export type BackgroundRecord = z.infer<typeof backgroundRecordSchema>;

export function emptyRecord(): BackgroundRecord {
  return { disclosure: null, authorisation: null, orders: {}, reviews: [] };
}
