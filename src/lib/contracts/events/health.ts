import * as z from 'zod';
import { dateSchema, instantSchema } from '../time.ts';

/**
 * Events of module `health`. No diagnosis travels in them: outcomes, dates and measured levels only.
 * Levels: sound in dB, blood lead in micrograms per decilitre of whole blood.
 */

/** Surveillance programs; `general` = any other occupational examination. */
const healthPrograms = [
  'respirator',
  'hazwoper',
  'silica',
  'asbestos',
  'lead',
  'hearing',
  'bloodborne',
  'general',
] as const;
export const healthProgramSchema = z.enum(healthPrograms);

export const examOutcomes = [
  'cleared',
  'restricted',
  'not_cleared',
  'follow_up',
  'pending',
  'unknown',
] as const;

const program = { program: healthProgramSchema };

/** Criteria of 29 CFR 1904.7(a) that make a case recordable. */
export const caseCriteria = [
  'death',
  'days_away',
  'restricted_work',
  'medical_treatment',
  'loss_of_consciousness',
  'significant_diagnosis',
  'needlestick',
  'medical_removal',
  'hearing',
  'tuberculosis',
] as const;

export const healthEvents = {
  /** `subjectRef` = the examination's or order's id for all `exam.*` events. */
  'exam.offered': z.object({ ...program, offeredOn: dateSchema }),
  'exam.scheduled': z.object({ ...program, scheduledOn: dateSchema }),
  'exam.declined': z.object({ ...program, offeredOn: dateSchema.nullable(), declinedOn: dateSchema }),
  /** `outcome` `pending` or `unknown` = examined, no usable word yet. */
  'exam.completed': z.object({
    ...program,
    examOn: dateSchema,
    outcome: z.enum(examOutcomes),
    restrictions: z.array(z.string()),
    /** The clinician's own date for the next examination. */
    nextBy: dateSchema.nullable(),
  }),
  'exam.canceled': z.object({ ...program, reason: z.string() }),
  'fit_test.recorded': z.object({
    on: dateSchema,
    /** Make, model, style and size as the respirator program writes it. */
    facepiece: z.string().min(1),
    method: z.enum(['qualitative', 'quantitative']),
    passed: z.boolean(),
  }),
  'facepiece.changed': z.object({ on: dateSchema, facepiece: z.string().min(1) }),
  'audiogram.offered': z.object({ offeredOn: dateSchema }),
  'audiogram.recorded': z.object({
    on: dateSchema,
    baseline: z.boolean(),
    /** Mean change at 2, 3 and 4 kHz against the baseline; age adjustment allowed. */
    shiftDb: z.object({ left: z.number().nullable(), right: z.number().nullable() }),
    /** Mean level at 2, 3 and 4 kHz above audiometric zero; never age adjusted. */
    levelDb: z.object({ left: z.number().nullable(), right: z.number().nullable() }),
    /** This is the retest that confirms or lifts an earlier shift. */
    retest: z.boolean(),
  }),
  'blood_lead.offered': z.object({ offeredOn: dateSchema, declined: z.boolean() }),
  'blood_lead.recorded': z.object({
    sampledOn: dateSchema,
    receivedOn: dateSchema,
    ugPerDl: z.number().nonnegative(),
    /** `follow_up` = the second test after a first at or above the removal level. */
    kind: z.enum(['periodic', 'follow_up']),
  }),
  'blood_lead.employee_told': z.object({ on: dateSchema }),
  'hbv.offered': z.object({ offeredOn: dateSchema }),
  'hbv.answered': z.object({
    on: dateSchema,
    answer: z.enum(['accepted', 'immune', 'declined_signed', 'unknown']),
  }),

  /** `subjectRef` = the case's id for all `case.*` events. */
  'case.reported': z.object({
    /** When it happened. */
    eventAt: instantSchema,
    /** When the employer received the information that a recordable case occurred (1904.29(b)(3)). */
    infoAt: instantSchema,
    kind: z.enum(['injury', 'skin', 'respiratory', 'poisoning', 'hearing', 'other']),
    privacy: z.boolean(),
  }),
  'case.information_received': z.object({ infoAt: instantSchema }),
  'case.decided': z.object({ recordable: z.boolean(), criteria: z.array(z.enum(caseCriteria)) }),
  /** Entered on the 300 log and a 301 completed. */
  'case.logged': z.object({ loggedOn: dateSchema, caseNumber: z.string().nullable() }),
  /** A spell of days away or restricted; `to` inclusive, null = goes on. */
  'case.days_updated': z.object({
    spells: z.array(
      z.object({ kind: z.enum(['away', 'restricted']), from: dateSchema, to: dateSchema.nullable() }),
    ),
  }),
  'case.closed': z.object({ on: dateSchema }),
  'case.reclassified': z.object({ criteria: z.array(z.enum(caseCriteria)) }),
  'case.lined_out': z.object({ reason: z.string() }),
  /** Severe outcome of 1904.39; `at` = when it happened, `learnedAt` = when the employer learned that it is work-related. */
  'case.severe_outcome': z.object({
    outcome: z.enum(['death', 'in_patient', 'amputation', 'eye_loss']),
    at: instantSchema,
    learnedAt: instantSchema,
    /** Motor vehicle crash on a public road outside a construction work zone, 1904.39(b)(3). */
    publicRoadCrash: z.boolean(),
  }),
  'case.osha_reported': z.object({ at: instantSchema }),
};
export type HealthEventType = keyof typeof healthEvents;
export type HealthPayload<T extends HealthEventType> = z.infer<(typeof healthEvents)[T]>;
