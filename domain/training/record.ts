import * as z from 'zod';
import { dateSchema, instantSchema } from '#contracts/time';
import { paperSchema } from '#domain/documents';
import { openReviewSchema } from '#domain/folding';

const eventIds = z.array(z.string());

const assignmentFactSchema = z.object({
  ref: z.string(),
  status: z.enum(['assigned', 'started', 'acknowledged', 'canceled']),
  assignedAt: instantSchema,
  dueOn: dateSchema.nullable(),
  graceDays: z.int().nonnegative(),
  /** Whose completion is awaited. */
  vendor: z.string(),
  eventIds,
});
export type AssignmentFact = z.infer<typeof assignmentFactSchema>;

const completionFactSchema = z.object({
  on: dateSchema,
  hours: z.number().nullable(),
  fieldDays: z.number().nullable(),
  passed: z.boolean(),
  tested: z.boolean(),
  eventIds,
});
export type CompletionFact = z.infer<typeof completionFactSchema>;

const itemFactSchema = z.object({
  /** The newest assignment. */
  assignment: assignmentFactSchema.nullable(),
  completions: z.array(completionFactSchema),
  /** By `subjectRef`; generations oldest first. `on` = issued. */
  certificates: z.record(z.string(), z.array(paperSchema)),
  evaluations: z.array(z.object({ on: dateSchema, passed: z.boolean(), evaluator: z.string(), eventIds })),
  supervision: z.object({ from: dateSchema, supervised: z.boolean(), eventIds }).nullable(),
  triggers: z.array(
    z.object({
      kind: z.enum(['observed_gap', 'change', 'security_plan_revised', 'incident']),
      on: dateSchema,
      eventIds,
    }),
  ),
  waiver: z.object({ to: dateSchema, grantedBy: z.string(), reason: z.string(), eventIds }).nullable(),
});
export type ItemFact = z.infer<typeof itemFactSchema>;

export const trainingRecordSchema = z.object({
  /** By training item. */
  items: z.record(z.string(), itemFactSchema),
  reviews: z.array(openReviewSchema),
});
export type TrainingRecord = z.infer<typeof trainingRecordSchema>;

export function emptyItem(): ItemFact {
  return {
    assignment: null,
    completions: [],
    certificates: {},
    evaluations: [],
    supervision: null,
    triggers: [],
    waiver: null,
  };
}

export function emptyRecord(): TrainingRecord {
  return { items: {}, reviews: [] };
}
