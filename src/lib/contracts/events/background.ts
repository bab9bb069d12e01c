import * as z from 'zod';
import { instantSchema } from '../time.ts';

/**
 * Payloads of the compliance events of module `background`, by event type. Besides these, `human_review.resolved`
 * settles what is open on its subject (domain/folding).
 *
 * `subjectRef` = one order (report). `disclosure.given` and `authorisation.given` are about the person: their
 * subject is the consent document. A normaliser maps the PAIR (status, result) of a report (15 USC 1681 knows no
 * "clear"): complete + clear → `report.cleared`, complete + consider → `report.considered`, complete + null or any
 * word it does not know → `report.unclear`. A vendor's own adjudication word is an event only with what it claims;
 * whether the notices are on file is judged here.
 */
const trucking = z.object({
  /** Asked for the job, not an employee (at procurement). */
  applicant: z.boolean().default(true),
  /** Position under 49 USC 31502 or State-regulated transport. */
  position31502: z.boolean(),
  /** Only contact until procurement was by mail, telephone or computer (15 USC 1681b(b)(3)(C)(ii)). */
  remoteContactOnly: z.boolean(),
});

export const backgroundEvents = {
  'disclosure.given': z.object({ standalone: z.boolean() }),
  'authorisation.given': z.object({ form: z.enum(['written', 'electronic', 'oral']) }),

  /**
   * From the app: refused without `authorisation.given`. A first event of an order from a vendor begins it as
   * pending, because the agency has it.
   */
  'order.placed': z.object({
    package: z.string().nullable().default(null),
    /** `continuous` = a running check of an employee. */
    source: z.enum(['order', 'recheck', 'continuous']).default('order'),
    trucking: trucking.nullable().default(null),
  }),
  'order.suspended': z.object({ word: z.string().default('suspended') }),
  'order.resumed': z.object({}),
  'order.cancelled': z.object({ word: z.string().default('canceled') }),

  'report.cleared': z.object({ includesCanceled: z.boolean().default(false) }),
  'report.considered': z.object({ includesCanceled: z.boolean().default(false) }),
  'report.unclear': z.object({ word: z.string() }),
  /** The agency revised a finished report: its result now. */
  'report.revised': z.object({
    result: z.enum(['clear', 'consider', 'unknown']),
    includesCanceled: z.boolean().default(false),
  }),

  'adjudication.approved': z.object({ reason: z.string().default('') }),
  'adjudication.conditional': z.object({ condition: z.string() }),

  /** Pre-adverse notice sent, with or without its two enclosures (15 USC 1681b(b)(3)(A)). */
  'adverse.pre_notice_sent': z.object({ copy: z.boolean(), rights: z.boolean() }),
  'adverse.pre_notice_delivered': z.object({}),
  'adverse.notice_undelivered': z.object({}),
  /** The waiting time was counted out (by the app, or by the vendor that ran it). */
  'adverse.wait_ended': z.object({}),
  'adverse.final_decided': z.object({
    noticeAt: instantSchema.nullable().default(null),
    /** Set when the sender itself counted the wait: applied before the decision. */
    waitEndedAt: instantSchema.nullable().default(null),
  }),
  'adverse.trucking_action_taken': z.object({}),
  'adverse.trucking_notice_sent': z.object({}),

  'dispute.opened': z.object({
    /** The agency received it; null = not told, the opening counts. */
    agencyReceivedAt: instantSchema.nullable().default(null),
    newFacts: z.boolean().default(false),
  }),
  'dispute.closed': z.object({}),
} as const;

export type BackgroundEventType = keyof typeof backgroundEvents;
export type BackgroundInput<T extends BackgroundEventType> = z.input<(typeof backgroundEvents)[T]>;
export type BackgroundPayload<T extends BackgroundEventType> = z.output<(typeof backgroundEvents)[T]>;
