import * as z from 'zod';
import { idSchema } from './ids.ts';
import { dateSchema, instantSchema } from './time.ts';

/** Lifecycle of a person at one employer (rule packs §0 "phase"). */
export const phases = ['applicant', 'active', 'leave', 'terminated'] as const;
export const phaseSchema = z.enum(phases);
export type Phase = z.infer<typeof phaseSchema>;

/** What a job role, site or hazard matrix requires of the person, per module; a missing part = module not applicable. */
export const requirementsSchema = z.object({
  drugAlcohol: z
    .object({
      /** DOT-covered under 49 CFR 382.107, or company policy only. */
      covered: z.boolean(),
      agency: z.enum(['FMCSA', 'PHMSA', 'FAA', 'FTA', 'FRA', 'USCG']).nullable(),
    })
    .optional(),
  background: z
    .object({
      package: z.string(),
      recheckMonths: z.int().positive().nullable(),
      /** Position under 49 USC 31502, 15 USC 1681b(b)(3)(C). */
      trucking: z.boolean(),
    })
    .optional(),
  dot: z
    .object({
      /** CI interstate CDL · NI interstate non-CDL CMV · CX intrastate CDL · ME multiple employer · FD furnished. */
      class: z.enum(['CI', 'NI', 'CX', 'ME', 'FD']),
      intracityZone: z.boolean(),
      /** Class and endorsements that the assigned vehicles ask for; absent = any. */
      licenceClass: z.enum(['A', 'B', 'C']).optional(),
      endorsements: z.array(z.string()).optional(),
    })
    .optional(),
  health: z
    .object({
      exposures: z.array(
        z.object({
          agent: z.string(),
          sector: z.enum(['general', 'construction']),
          from: dateSchema,
          to: dateSchema.nullable(),
          /** dBA for noise; the agent's own unit otherwise. */
          level: z.number().nullable(),
          daysPerYear: z.number().nullable(),
          respiratorDays: z.number().nullable(),
          facepiece: z.string().nullable(),
        }),
      ),
    })
    .optional(),
  training: z
    .object({
      needs: z.array(
        z.object({
          item: z.string(),
          basis: z.enum(['law', 'policy']),
          beforeWork: z.boolean(),
          intervalMonths: z.int().positive().nullable(),
          from: dateSchema,
        }),
      ),
    })
    .optional(),
  geofence: z.object({ zoneIds: z.array(z.string()) }).optional(),
});
export type Requirements = z.infer<typeof requirementsSchema>;

/** The person as every rule sees it. Made by the people module; instants and dates in the person's `zone`. */
export const personFactsSchema = z.object({
  employeeId: idSchema('employee'),
  tenantId: idSchema('tenant'),
  phase: phaseSchema,
  /** Employment periods, oldest first; `to` null = open. The last is the present one. */
  periods: z.array(z.object({ from: dateSchema, to: dateSchema.nullable() })),
  returnOn: dateSchema.nullable(),
  birthDate: dateSchema.nullable(),
  /** IANA zone: home terminal, else site, else tenant. */
  zone: z.string(),
  /** First safety-sensitive work in the present period. */
  safetySensitiveFirstAt: instantSchema.nullable(),
  jurisdiction: z.string().nullable(),
  requirements: requirementsSchema,
});
export type PersonFacts = z.infer<typeof personFactsSchema>;
