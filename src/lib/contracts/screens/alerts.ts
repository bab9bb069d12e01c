import * as z from 'zod';
import { flagColourSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { instantSchema } from '../time.ts';

export const alertViews = ['raised', 'acknowledged', 'mine', 'muted', 'ended'] as const;
export const alertSeverities = ['critical', 'warning', 'notice'] as const;

const alertQuerySchema = z.object({
  view: z.enum(alertViews),
  module: moduleSchema.nullable(),
  severity: z.enum(alertSeverities).nullable(),
  employeeId: idSchema('employee').nullable(),
});
export type AlertQuery = z.infer<typeof alertQuerySchema>;

export const alertPageInputSchema = z.object({
  query: alertQuerySchema,
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});

const alertRowSchema = z.object({
  id: idSchema('alert'),
  severity: z.enum(alertSeverities),
  status: z.enum(['open', 'acknowledged', 'resolved']),
  kind: z.enum(['flag', 'vendor_silent', 'dead_letters', 'task']),
  module: moduleSchema.nullable(),
  employeeId: idSchema('employee').nullable(),
  flag: flagColourSchema.nullable(),
  hold: z.boolean(),
  ruleId: z.string().nullable(),
  /** What happened. */
  title: z.string(),
  /** Why it matters and what to do next, with the citation. */
  detail: z.string(),
  citation: z.string().nullable(),
  dueAt: instantSchema.nullable(),
  raisedAt: instantSchema,
  acknowledgedAt: instantSchema.nullable(),
  /** Name of the person. */
  acknowledgedBy: z.string().nullable(),
  owner: z.object({ userId: idSchema('user'), name: z.string() }).nullable(),
  mutedUntil: instantSchema.nullable(),
  resolvedAt: instantSchema.nullable(),
  /** False where the viewer may look but not act: no right to change the module. */
  mayAct: z.boolean(),
  /** Which right is missing, where the viewer may only look; empty otherwise. */
  denied: z.string(),
});
export type AlertRow = z.infer<typeof alertRowSchema>;

export const alertPageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  counts: z.record(z.enum(alertViews), z.int()),
  rows: z.array(alertRowSchema),
});
export type AlertPage = z.infer<typeof alertPageSchema>;

export const alertActInputSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('acknowledge'), alertIds: z.array(idSchema('alert')).min(1).max(500) }),
  z.object({ act: z.literal('reopen'), alertIds: z.array(idSchema('alert')).min(1).max(500) }),
  z.object({
    act: z.literal('assign'),
    alertIds: z.array(idSchema('alert')).min(1).max(500),
    /** `me` or nobody; other owners are chosen once teams exist. */
    to: z.enum(['me', 'nobody']),
  }),
  z.object({
    act: z.literal('mute'),
    alertIds: z.array(idSchema('alert')).min(1).max(500),
    /** Null ends the mute. At most 90 days ahead. */
    until: instantSchema.nullable(),
  }),
]);
export type AlertActInput = z.infer<typeof alertActInputSchema>;

export const alertActResultSchema = z.object({
  changed: z.int(),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })),
});
