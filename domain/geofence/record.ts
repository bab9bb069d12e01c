import * as z from 'zod';
import { fixSchema, requirementSnapshotSchema, zoneSchema } from '#contracts/events/geofence';
import { instantSchema } from '#contracts/time';
import { openReviewSchema } from '#domain/folding';
import { checkInStates } from './check-in-machine.ts';

const eventIds = z.array(z.string());
const shift = z.object({ startAt: instantSchema, endAt: instantSchema }).nullable();

const attemptFactSchema = z.object({
  at: instantSchema,
  fix: fixSchema.nullable(),
  /** What the attempt proved: a good site code, or what the fix proved. */
  reading: z.enum(['code', 'inside', 'near', 'outside', 'stale', 'unusable']),
  distanceM: z.number().nullable(),
  requirements: z.array(requirementSnapshotSchema),
  underAge: z.boolean(),
  eventIds,
});
export type AttemptFact = z.infer<typeof attemptFactSchema>;

const visitFactSchema = z.object({
  ref: z.string(),
  zone: zoneSchema,
  state: z.enum(checkInStates),
  /** On site since; null off site. */
  since: instantSchema.nullable(),
  lastFixAt: instantSchema.nullable(),
  shift,
  /** Seen outside without a check-out. */
  leftAt: instantSchema.nullable(),
  override: z.object({ by: z.string(), reason: z.string(), until: instantSchema, eventIds }).nullable(),
  attempt: attemptFactSchema.nullable(),
  eventIds,
});
export type VisitFact = z.infer<typeof visitFactSchema>;

export const geofenceRecordSchema = z.object({
  /** By zone id: as last assigned. */
  zones: z.record(z.string(), zoneSchema),
  /** The newest visit or attempt; older ones are in the events. */
  visit: visitFactSchema.nullable(),
  /** Nonces of site codes already used, newest last. */
  usedNonces: z.array(z.string()),
  refused: z.object({ at: instantSchema, reason: z.string(), eventIds }).nullable(),
  reviews: z.array(openReviewSchema),
});
export type GeofenceRecord = z.infer<typeof geofenceRecordSchema>;

export function emptyRecord(): GeofenceRecord {
  return { zones: {}, visit: null, usedNonces: [], refused: null, reviews: [] };
}
