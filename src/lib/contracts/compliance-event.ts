import * as z from 'zod';
import { idSchema } from './ids.ts';
import { moduleSchema } from './modules.ts';
import { instantSchema } from './time.ts';

/**
 * The normalised fact: what every vendor's message becomes. One envelope for all modules; the payload
 * of each (module, type) is defined in `events/<module>.ts`.
 *
 * Order within one (employee, module): by `occurredAt`, then `version`, then `id`. The record of an
 * employee is a pure function of its ordered events, so arrival order and duplicates cannot change it.
 */
export const eventSourceSchema = z.object({
  /** e.g. `checkr`, `tazworks`, `quest-esp`, `standard-webhooks`, `clearinghouse`, `csv`, `app`. */
  vendor: z.string(),
  endpointId: z.string().nullable(),
  /** Vendor's own event id or a digest of the message: the idempotency key within (tenant, vendor). */
  dedupeKey: z.string().min(1),
  /** Where the raw body is kept: `topic/partition/offset`; null for app events. */
  rawRef: z.string().nullable(),
});

/** A value nobody here understands. The event still applies, marks its record, and waits for a person. */
export const reviewSchema = z.object({
  field: z.string(),
  value: z.string(),
  reason: z.string(),
});

export const complianceEventSchema = z.object({
  id: idSchema('event'),
  schemaVersion: z.literal(1),
  tenantId: idSchema('tenant'),
  employeeId: idSchema('employee'),
  /** `people` = lifecycle of the person (hire, leave, termination), read by every module. */
  module: z.union([moduleSchema, z.literal('people')]),
  /** e.g. `test.collected`, `report.completed`: snake_case words joined by dots, past tense. */
  type: z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/),
  /** The thing this event is about within the module: a test, an order, a document. Stable across its events. */
  subjectRef: z.string().min(1),
  occurredAt: instantSchema,
  receivedAt: instantSchema,
  /** Vendor's version or revision number; 0 when it gives none. */
  version: z.int().nonnegative(),
  source: eventSourceSchema,
  payload: z.record(z.string(), z.json()),
  review: reviewSchema.nullable(),
});
export type ComplianceEvent = z.infer<typeof complianceEventSchema>;
export type EventModule = ComplianceEvent['module'];
export type Review = z.infer<typeof reviewSchema>;
