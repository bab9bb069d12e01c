import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/**
 * `flowing` messages come and are believed · `refusing` the newest could not be verified · `silent` nothing for longer
 * than the limit · `waiting` nothing ever · `disabled` takes nothing.
 */
export const vendorStates = ['flowing', 'refusing', 'silent', 'waiting', 'disabled'] as const;

export const vendorCardSchema = z.object({
  endpointId: idSchema('endpoint'),
  /** Code of the vendor, e.g. `checkr`. */
  vendor: z.string(),
  name: z.string(),
  kind: z.enum(['webhook', 'file']),
  state: z.enum(vendorStates),
  lastMessageAt: instantSchema.nullable(),
  /** Silence beyond this turns dependent flags stale, ms. */
  silenceLimitMs: z.number(),
  /** Compliance events of the last 24 hours. */
  events24h: z.int(),
  /** Messages believed and refused since the endpoint was made. */
  accepted: z.int(),
  refused: z.int(),
  lastRefusedAt: instantSchema.nullable(),
  /** In words. */
  lastRefusedReason: z.string().nullable(),
  /** First refusal for want of proof since the last believed message; null = verification works. */
  failingSince: instantSchema.nullable(),
  /** Open ones. */
  deadLetters: z.int(),
  /** From the door to the changed flag, ms, of the newest changes of 24 hours; null = none changed. */
  lag: z.object({ medianMs: z.number(), p99Ms: z.number() }).nullable(),
  /** People with a flag that shows no data because this vendor is silent or failing. */
  stalePeople: z.int(),
  /** Whom it hires is added to the people; null = no personnel system, so never. */
  admitsPeople: z.boolean().nullable(),
  /** Last 24 hours by half hour, oldest first. */
  buckets: z.array(z.object({ count: z.int().nonnegative(), silent: z.boolean() })),
});
export type VendorCard = z.infer<typeof vendorCardSchema>;

export const deadLetterStatuses = ['open', 'requeued', 'discarded'] as const;

export const deadLetterQuerySchema = z.object({
  vendor: z.string().max(100).nullable(),
  reason: z.string().max(100).nullable(),
  status: z.enum(deadLetterStatuses),
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});
export type DeadLetterQuery = z.infer<typeof deadLetterQuerySchema>;

export const deadLetterRowSchema = z.object({
  id: idSchema('deadLetter'),
  vendor: z.string(),
  vendorName: z.string(),
  receivedAt: instantSchema,
  /** Code, e.g. `employee_unknown`. */
  reason: z.string(),
  reasonWords: z.string(),
  /** What was found, without personal data. */
  detail: z.string(),
  /** How often the same thing was delivered. */
  deliveries: z.int(),
  status: z.enum(deadLetterStatuses),
  settledAt: instantSchema.nullable(),
  note: z.string().nullable(),
});

export const deadLetterPageSchema = z.object({
  total: z.int(),
  rows: z.array(deadLetterRowSchema),
  /** Open ones by vendor and reason, whatever the filter. */
  open: z.array(
    z.object({
      vendor: z.string(),
      vendorName: z.string(),
      reason: z.string(),
      reasonWords: z.string(),
      count: z.int(),
    }),
  ),
});
export type DeadLetterPage = z.infer<typeof deadLetterPageSchema>;

export const deadLetterDetailSchema = deadLetterRowSchema.extend({
  rawRef: z.string(),
  lastSeenAt: instantSchema,
  /** Start of the body with personal values masked. */
  preview: z.string(),
  /** How the message names the person; null when no person is concerned. */
  subject: z
    .object({
      name: z.string().nullable(),
      refs: z.array(z.object({ system: z.string(), value: z.string() })),
    })
    .nullable(),
});
export type DeadLetterDetail = z.infer<typeof deadLetterDetailSchema>;

const ids = z.array(idSchema('deadLetter')).min(1).max(200);
export const deadLetterActSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('requeue'), ids }),
  z.object({ act: z.literal('discard'), ids, why: z.string().trim().min(3).max(500) }),
  /** Says who the person is; the vendor's own numbers of the person are remembered. */
  z.object({ act: z.literal('match'), id: idSchema('deadLetter'), employeeId: idSchema('employee') }),
]);
export type DeadLetterAct = z.infer<typeof deadLetterActSchema>;

/** How many letters were settled; a match settles every open letter about the same person. */
export const deadLetterActResultSchema = z.object({ settled: z.int() });

export const admitPeopleSchema = z.object({ endpointId: idSchema('endpoint'), admits: z.boolean() });

export const simulatorSchema = z.object({
  running: z.boolean(),
  /** Messages per second. */
  rate: z.number(),
  sent: z.int(),
  refused: z.int(),
});
export type SimulatorState = z.infer<typeof simulatorSchema>;

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
