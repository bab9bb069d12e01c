import * as z from 'zod';
import { flagColourSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { instantSchema } from '../time.ts';

/** `flowing` events come as they should · `refusing` some fail verification · `silent` past its limit · `waiting` never any yet. */
export const vendorStates = ['flowing', 'refusing', 'silent', 'waiting'] as const;

export const vendorBucketSchema = z.object({
  count: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  /** Nothing came although the limit of silence was passed. */
  silent: z.boolean(),
});

export const vendorCardSchema = z.object({
  endpointId: idSchema('endpoint'),
  /** Code of the vendor, e.g. `checkr`. */
  vendor: z.string(),
  name: z.string(),
  modules: z.array(moduleSchema),
  state: z.enum(vendorStates),
  /** How its messages are proved, in words: "Webhook, signed". */
  transport: z.string(),
  lastEventAt: instantSchema.nullable(),
  /** Silence beyond this turns dependent flags stale, ms; null = silence says nothing of this vendor. */
  silenceLimitMs: z.number().nullable(),
  events24h: z.int(),
  refused24h: z.int(),
  /** Received → decided, 99th percentile of 24 hours, ms; null without events. */
  lagP99Ms: z.number().nullable(),
  deadLetters: z.int(),
  /** Last 24 hours by half hour, oldest first. */
  buckets: z.array(vendorBucketSchema),
  /** Flags that show No data because of this vendor. */
  staleFlags: z.int(),
});
export type VendorCard = z.infer<typeof vendorCardSchema>;

export const deadLetterStatuses = ['open', 'requeued', 'resolved', 'discarded'] as const;

export const deadLetterQuerySchema = z.object({
  vendor: z.string().max(60).nullable(),
  reason: z.string().max(100).nullable(),
  status: z.enum(deadLetterStatuses),
});
export type DeadLetterQuery = z.infer<typeof deadLetterQuerySchema>;

export const deadLetterRowSchema = z.object({
  id: idSchema('deadLetter'),
  vendor: z.string(),
  vendorName: z.string(),
  receivedAt: instantSchema,
  /** The vendor's own name of what happened, if the message could be read. */
  event: z.string(),
  /** Code, e.g. `match.no_employee`. */
  reason: z.string(),
  reasonWords: z.string(),
  /** What was found, without personal data. */
  found: z.string(),
  tries: z.int(),
  status: z.enum(deadLetterStatuses),
});
export type DeadLetterRow = z.infer<typeof deadLetterRowSchema>;

export const deadLetterPageSchema = z.object({
  total: z.int(),
  oldestAt: instantSchema.nullable(),
  rows: z.array(deadLetterRowSchema),
  reasons: z.array(z.object({ code: z.string(), words: z.string(), count: z.int() })),
});
export type DeadLetterPage = z.infer<typeof deadLetterPageSchema>;

export const deadLetterDetailSchema = deadLetterRowSchema.extend({
  rawRef: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  /** The body with personal values masked. */
  maskedBody: z.string(),
  /** People it may be about, likeliest first; empty when the reason is another. */
  candidates: z.array(
    z.object({
      employeeId: idSchema('employee'),
      name: z.string(),
      note: z.string(),
      /** 0..1. */
      likeness: z.number().nullable(),
    }),
  ),
  /** True when choosing a person can fix it. */
  needsPerson: z.boolean(),
  history: z.array(z.object({ at: instantSchema, what: z.string() })),
});
export type DeadLetterDetail = z.infer<typeof deadLetterDetailSchema>;

export const deadLetterActSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('requeue'), ids: z.array(idSchema('deadLetter')).min(1).max(200) }),
  z.object({
    act: z.literal('discard'),
    ids: z.array(idSchema('deadLetter')).min(1).max(200),
    why: z.string().trim().min(3).max(500),
  }),
  z.object({
    act: z.literal('match'),
    id: idSchema('deadLetter'),
    employeeId: idSchema('employee'),
    /** Next time the same vendor number is this person without asking. */
    remember: z.boolean(),
  }),
]);
export type DeadLetterAct = z.infer<typeof deadLetterActSchema>;

export const simulatorSchema = z.object({
  running: z.boolean(),
  /** Events per second. */
  rate: z.number().min(0.1).max(200),
  sent: z.int(),
  startedAt: instantSchema.nullable(),
});
export type Simulator = z.infer<typeof simulatorSchema>;

export const simulatorActSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('start'), rate: z.number().min(0.1).max(200) }),
  z.object({ act: z.literal('stop') }),
]);

export const integrationsSchema = z.object({
  at: instantSchema,
  cards: z.array(vendorCardSchema),
  events24h: z.int(),
  /** Null when this is no demo. */
  simulator: simulatorSchema.nullable(),
  /** May requeue, match and discard. */
  mayAct: z.boolean(),
});
export type Integrations = z.infer<typeof integrationsSchema>;

export const flagEffectSchema = z.object({
  module: moduleSchema,
  from: z.object({ flag: flagColourSchema, hold: z.boolean() }),
  to: z.object({ flag: flagColourSchema, hold: z.boolean() }),
});
