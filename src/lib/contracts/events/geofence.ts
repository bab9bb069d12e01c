import * as z from 'zod';
import { modules } from '../modules.ts';
import { flagColourSchema } from '../flags.ts';
import { instantSchema } from '../time.ts';

/** Events of module `geofence`. Degrees are WGS 84, distances metres. */

const latSchema = z.number().min(-90).max(90);
const lonSchema = z.number().min(-180).max(180);

const zoneShapeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('circle'),
    lat: latSchema,
    lon: lonSchema,
    radiusM: z.number().positive(),
  }),
  /** One ring, [lon, lat] as GeoJSON writes it; closed or not. */
  z.object({ kind: z.literal('polygon'), ring: z.array(z.tuple([lonSchema, latSchema])).min(3) }),
]);

/** How strictly a zone reads positions. A tenant sets these on the zone; all are policy, none is law. */
const zoneLimitsSchema = z.object({
  /** A fix may be this much later than its receipt. */
  clockSkewS: z.number().nonnegative().default(60),
  /** A fix with a larger radius proves nothing. */
  maxAccM: z.number().positive().default(100),
  /** Inside counts only with a radius up to this. */
  insideAccM: z.number().positive().default(25),
  /** An older fix is stale. */
  maxAgeS: z.number().positive().default(120),
  /** A fix recorded without network is judged as of its own instant when it arrives within this. */
  offlineHours: z.number().nonnegative().default(24),
  overrideHours: z.number().positive().default(12),
  /** Without a check-out the visit ends this long after the shift … */
  autoOutHours: z.number().nonnegative().default(2),
  /** … or this long after it began. */
  longestHours: z.number().positive().default(16),
  unseenMinutes: z.number().positive().default(60),
  /** Any red requirement blocks, not only one that holds. */
  blockOnRed: z.boolean().default(false),
});

/** A zone as it stood when the event was made, so that a replay decides by the zone of that day. */
export const zoneSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  shape: zoneShapeSchema,
  /** IANA zone of the site. */
  timeZone: z.string(),
  /** Modules that must not hold. */
  requirements: z.array(z.enum(modules).exclude(['geofence'])),
  minAgeYears: z.int().positive().nullable(),
  limits: zoneLimitsSchema.prefault({}),
});
export type Zone = z.infer<typeof zoneSchema>;

/** A position fix. `accM` is the radius the device claims; null = it gave none. */
export const fixSchema = z.object({
  lat: latSchema,
  lon: lonSchema,
  accM: z.number().nonnegative().nullable(),
  fixAt: instantSchema,
  receivedAt: instantSchema,
  /** The device says the position is simulated. */
  mock: z.boolean(),
});
export type Fix = z.infer<typeof fixSchema>;

/** A scanned site code after its signature was checked at the door. */
export const qrScanSchema = z.object({
  zoneId: z.string(),
  expiresAt: instantSchema,
  nonce: z.string(),
  signatureValid: z.boolean(),
});

const shiftSchema = z.object({ startAt: instantSchema, endAt: instantSchema });

/** What the requirements said when the person stood at the gate: kept so that the visit's history cannot change later. */
export const requirementSnapshotSchema = z.object({
  module: z.enum(modules),
  flag: flagColourSchema,
  hold: z.boolean(),
});

export const geofenceEvents = {
  /** Assigns the person to a zone, or carries the zone's new shape. `subjectRef` = the zone's id. */
  'zone.assigned': z.object({ zone: zoneSchema }),
  'zone.unassigned': z.object({ zoneId: z.string() }),
  /** `subjectRef` = the visit's id for the events below. `zone` may be left out when the person was assigned to it. */
  'check_in.attempted': z.object({
    zoneId: z.string(),
    zone: zoneSchema.nullable(),
    fix: fixSchema.nullable(),
    qr: qrScanSchema.nullable(),
    /** The device's own attestation failed or its key is unknown. */
    deviceForged: z.boolean(),
    shift: shiftSchema.nullable(),
    requirements: z.array(requirementSnapshotSchema),
    /** The zone's minimum age was not reached then. */
    underAge: z.boolean().default(false),
    /** Recorded without network and uploaded later: `occurredAt` = `fix.fixAt`. */
    offline: z.boolean().default(false),
  }),
  /** A position while on site. */
  'fix.received': z.object({ zoneId: z.string().nullable(), fix: fixSchema }),
  'check_out.recorded': z.object({ at: instantSchema, by: z.enum(['person', 'supervisor']) }),
  'override.granted': z.object({
    zoneId: z.string(),
    /** User id of the supervisor. */
    by: z.string(),
    /** The supervisor is responsible for this zone's location. */
    ofThisLocation: z.boolean(),
    /** Granted to oneself: refused. */
    forSelf: z.boolean(),
    reason: z.string(),
    until: instantSchema,
    shift: shiftSchema.nullable(),
    requirements: z.array(requirementSnapshotSchema),
  }),
  /** A required module took or lost its hold while the person is on site. */
  'requirement.changed': z.object({ requirements: z.array(requirementSnapshotSchema) }),
};
export type GeofenceEventType = keyof typeof geofenceEvents;
/** What a producer may write (defaults optional). */
export type GeofenceInput<T extends GeofenceEventType> = z.input<(typeof geofenceEvents)[T]>;
export type GeofencePayload<T extends GeofenceEventType> = z.infer<(typeof geofenceEvents)[T]>;
