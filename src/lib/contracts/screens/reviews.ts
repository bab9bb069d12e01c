import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { instantSchema } from '../time.ts';

export const reviewStatuses = ['open', 'resolved'] as const;
const reviewModuleSchema = z.union([moduleSchema, z.literal('people')]);
export type ReviewModule = z.infer<typeof reviewModuleSchema>;

export const reviewQuerySchema = z.object({
  status: z.enum(reviewStatuses),
  module: reviewModuleSchema.nullable(),
  employeeId: idSchema('employee').nullable(),
});
export type ReviewQuery = z.infer<typeof reviewQuerySchema>;

export const reviewPageInputSchema = z.object({
  query: reviewQuerySchema,
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});

const reviewRowSchema = z.object({
  id: idSchema('reviewItem'),
  employeeId: idSchema('employee'),
  name: z.string(),
  module: reviewModuleSchema,
  /** What happened, in words. */
  title: z.string(),
  vendorName: z.string(),
  /** The vendor's own word that nobody knows; null = the event did not fit for another reason. */
  word: z.object({ field: z.string(), value: z.string() }).nullable(),
  reason: z.string(),
  status: z.enum(reviewStatuses),
  occurredAt: instantSchema,
  createdAt: instantSchema,
  resolvedAt: instantSchema.nullable(),
  /** Null on a settled one = a later event answered it. */
  resolvedBy: z.string().nullable(),
  note: z.string().nullable(),
  /** Why the viewer may not settle it; empty when allowed. */
  denied: z.string(),
});
export type ReviewRow = z.infer<typeof reviewRowSchema>;

export const reviewPageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  counts: z.object({ open: z.int(), resolved: z.int() }),
  rows: z.array(reviewRowSchema),
  /** Modules whose questions this viewer may read. */
  modules: z.array(reviewModuleSchema),
});
export type ReviewPage = z.infer<typeof reviewPageSchema>;

export const reviewSettleSchema = z.object({
  ids: z.array(idSchema('reviewItem')).min(1).max(200),
  /** Stays in the audit log. */
  note: z.string().trim().min(3).max(500),
});

export const reviewSettleResultSchema = z.object({
  settled: z.int(),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })),
});
