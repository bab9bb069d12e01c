import * as z from 'zod';
import { dateSchema, instantSchema } from '../time.ts';

/**
 * Events of module `training`. `item` names what must be learned. The built-in items below have rules of law;
 * any other word is a policy item of the tenant.
 */
export const lawItems = [
  'hazmat',
  'hazmat_security_awareness',
  'hazwoper_general',
  'hazwoper_limited',
  'hazwoper_supervisor',
  'hazwoper_refresher',
  'emergency_responder',
  'bloodborne',
  'asbestos',
  'permit_space',
  'permit_space_rescue',
  'fall_protection',
  'scaffold',
  'ladder',
  'crane_operator',
  'forklift',
  'driver_supervisor',
] as const;

const item = { item: z.string().min(1) };

export const trainingEvents = {
  /** `subjectRef` = the assignment's id for all `assignment.*` events. */
  'assignment.created': z.object({
    ...item,
    assignedAt: instantSchema,
    dueOn: dateSchema.nullable(),
    graceDays: z.int().nonnegative().default(0),
  }),
  'assignment.extended': z.object({ ...item, dueOn: dateSchema }),
  'assignment.started': z.object({ ...item, at: instantSchema }),
  /** Read and acknowledged. Not a completion. */
  'assignment.acknowledged': z.object({ ...item, at: instantSchema }),
  'assignment.canceled': z.object(item),
  /** `subjectRef` = the assignment's or the completion's id. */
  'completion.recorded': z.object({
    ...item,
    completedOn: dateSchema,
    hours: z.number().nonnegative().nullable(),
    /** Days of field work under a trained supervisor (HAZWOPER). */
    fieldDays: z.number().nonnegative().nullable(),
    passed: z.boolean(),
    /** Training and test both done where the law asks for both (172.702(d)). */
    tested: z.boolean(),
  }),
  /** `subjectRef` = the certificate's id for all `certificate.*` events. */
  'certificate.uploaded': z.object({ ...item, uploadedAt: instantSchema }),
  'certificate.read': z.object({
    ...item,
    confidence: z.number().min(0).max(1),
    issuedOn: dateSchema.nullable(),
    expiresOn: dateSchema.nullable(),
  }),
  'certificate.verified': z.object({
    ...item,
    issuedOn: dateSchema,
    /** Inclusive; null = does not end. */
    expiresOn: dateSchema.nullable(),
    verifiedBy: z.string(),
  }),
  'certificate.rejected': z.object({ ...item, reason: z.string() }),
  'certificate.revoked': z.object({ ...item, reason: z.string() }),
  'certificate.superseded': z.object(item),
  /** The employer's own evaluation on the equipment (crane 1926.1427(f), forklift 1910.178(l)(4)). */
  'evaluation.recorded': z.object({ ...item, on: dateSchema, passed: z.boolean(), evaluator: z.string() }),
  /** From `from` the person works under a trained person's direct supervision, or no longer. */
  'supervision.recorded': z.object({ ...item, from: dateSchema, supervised: z.boolean() }),
  /** Something that makes training due again: observed gap, changed hazard or equipment, revised security plan. */
  'trigger.observed': z.object({
    ...item,
    kind: z.enum(['observed_gap', 'change', 'security_plan_revised', 'incident']),
    on: dateSchema,
  }),
  /** A waiver covers through `to` and ends by itself. */
  'waiver.granted': z.object({ ...item, to: dateSchema, grantedBy: z.string(), reason: z.string() }),
  'waiver.ended': z.object({ ...item, on: dateSchema }),
};
type TrainingEventType = keyof typeof trainingEvents;
export type TrainingPayload<T extends TrainingEventType> = z.infer<(typeof trainingEvents)[T]>;
