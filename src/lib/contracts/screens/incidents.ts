import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

export const incidentViews = ['waiting', 'answered', 'ended'] as const;
export type IncidentView = (typeof incidentViews)[number];

export const incidentPageInputSchema = z.object({
  view: z.enum(incidentViews),
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});

const actSchema = z.enum(['acknowledge', 'contain', 'resolve', 'dismiss', 'reopen']);
export type IncidentActName = z.infer<typeof actSchema>;

const incidentRowSchema = z.object({
  id: idSchema('incident'),
  severity: z.enum(['critical', 'warning', 'notice']),
  state: z.enum(['open', 'acknowledged', 'contained', 'resolved', 'false_positive']),
  /** What was found, in one line. */
  title: z.string(),
  /** Name of the detector. */
  detector: z.string(),
  /** A person's name, or a network as `203.0.113.0/24`. */
  about: z.string(),
  /** Name of who answers it; null = nobody yet. */
  owner: z.string().nullable(),
  openedAt: instantSchema,
  lastEvidenceAt: instantSchema,
  evidenceCount: z.int(),
  /** How often it was escalated, 0 to 3. */
  level: z.int(),
  escalatesAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
});
export type IncidentRow = z.infer<typeof incidentRowSchema>;

export const incidentPageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  counts: z.record(z.enum(incidentViews), z.int()),
  rows: z.array(incidentRowSchema),
});
export type IncidentPage = z.infer<typeof incidentPageSchema>;

export const incidentDetailSchema = incidentRowSchema.extend({
  /** What the state allows this viewer to do, in the order in which it is done. */
  acts: z.array(actSchema),
  /** Why the viewer may do nothing; empty otherwise. */
  denied: z.string(),
  timeline: z.array(
    z.object({
      sequence: z.int(),
      at: instantSchema,
      kind: z.enum(['evidence', 'act', 'escalation']),
      words: z.string(),
      /** Opens the entry of the audit log that it rests on. */
      auditEntryId: idSchema('auditEntry').nullable(),
      by: z.string().nullable(),
    }),
  ),
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

export const incidentActInputSchema = z
  .object({
    id: idSchema('incident'),
    act: actSchema,
    /** What was found or done; stays in the timeline and in the audit log. */
    note: z.string().trim().max(1000),
  })
  .refine(({ act, note }) => act === 'acknowledge' || note.length >= 3, {
    path: ['note'],
    error: 'Say what you found or did, in a few words.',
  });

const detectorSchema = z.enum([
  'failed_sign_ins',
  'password_spray',
  'new_network',
  'impossible_travel',
  'privilege_change',
  'bulk_read',
  'repeated_denials',
]);

export const watchThresholdsSchema = z.object({
  detectors: z.array(
    z.object({
      id: detectorSchema,
      name: z.string(),
      /** Where the built-in numbers come from. */
      source: z.string(),
      numbers: z.array(z.object({ key: z.string(), value: z.int(), builtIn: z.int() })),
    }),
  ),
  /** Whether addresses can be placed on the map; without it impossible travel goes by networks alone. */
  mapped: z.boolean(),
  /** Which right is missing to change them; empty otherwise. */
  denied: z.string(),
});
export type WatchThresholds = z.infer<typeof watchThresholdsSchema>;

export const watchTuneSchema = z.object({
  detector: detectorSchema,
  numbers: z.record(z.string().max(40), z.int()),
});
