import * as z from 'zod';
import { caseCriteria, examOutcomes, healthProgramSchema } from '#contracts/events/health';
import { dateSchema, instantSchema } from '#contracts/time';
import { openReviewSchema } from '#domain/folding';
import { caseStates } from './case-machine.ts';

const eventIds = z.array(z.string());
const ears = z.object({ left: z.number().nullable(), right: z.number().nullable() });

const examFactSchema = z.object({
  program: healthProgramSchema,
  offeredOn: dateSchema.nullable(),
  scheduledOn: dateSchema.nullable(),
  declinedOn: dateSchema.nullable(),
  examOn: dateSchema.nullable(),
  outcome: z.enum(examOutcomes).nullable(),
  restrictions: z.array(z.string()),
  nextBy: dateSchema.nullable(),
  canceled: z.boolean(),
  /** Whose answer is awaited. */
  vendor: z.string(),
  eventIds,
});
export type ExamFact = z.infer<typeof examFactSchema>;

const fitFactSchema = z.object({
  on: dateSchema,
  facepiece: z.string(),
  method: z.enum(['qualitative', 'quantitative']),
  passed: z.boolean(),
  eventIds,
});

const audiogramFactSchema = z.object({
  on: dateSchema,
  baseline: z.boolean(),
  shiftDb: ears,
  levelDb: ears,
  retest: z.boolean(),
  eventIds,
});
export type AudiogramFact = z.infer<typeof audiogramFactSchema>;

const bloodLeadFactSchema = z.object({
  sampledOn: dateSchema,
  receivedOn: dateSchema,
  /** Micrograms per decilitre of whole blood. */
  ugPerDl: z.number(),
  kind: z.enum(['periodic', 'follow_up']),
  eventIds,
});
export type BloodLeadFact = z.infer<typeof bloodLeadFactSchema>;

const daySpellSchema = z.object({
  kind: z.enum(['away', 'restricted']),
  from: dateSchema,
  to: dateSchema.nullable(),
});

const severeOutcomeSchema = z.object({
  outcome: z.enum(['death', 'in_patient', 'amputation', 'eye_loss']),
  at: instantSchema,
  learnedAt: instantSchema,
  publicRoadCrash: z.boolean(),
  eventIds,
});

const caseFactSchema = z.object({
  state: z.enum(caseStates),
  eventAt: instantSchema,
  infoAt: instantSchema,
  kind: z.enum(['injury', 'skin', 'respiratory', 'poisoning', 'hearing', 'other']),
  /** Privacy concern case, 1904.29(b)(6)–(8): shown without a name. */
  privacy: z.boolean(),
  criteria: z.array(z.enum(caseCriteria)),
  loggedOn: dateSchema.nullable(),
  caseNumber: z.string().nullable(),
  spells: z.array(daySpellSchema),
  severe: z.array(severeOutcomeSchema),
  oshaReportedAt: instantSchema.nullable(),
  eventIds,
});
export type CaseFact = z.infer<typeof caseFactSchema>;

export const healthRecordSchema = z.object({
  /** By `subjectRef`. */
  exams: z.record(z.string(), examFactSchema),
  fits: z.array(fitFactSchema),
  facepiece: z.object({ on: dateSchema, facepiece: z.string(), eventIds }).nullable(),
  audiograms: z.array(audiogramFactSchema),
  audiogramOffer: z.object({ offeredOn: dateSchema, eventIds }).nullable(),
  bloodLeads: z.array(bloodLeadFactSchema),
  bloodLeadOffer: z.object({ offeredOn: dateSchema, declined: z.boolean(), eventIds }).nullable(),
  bloodLeadToldOn: dateSchema.nullable(),
  hbv: z
    .object({
      offeredOn: dateSchema.nullable(),
      answer: z.enum(['accepted', 'immune', 'declined_signed', 'unknown']).nullable(),
      eventIds,
    })
    .nullable(),
  /** By `subjectRef`. */
  cases: z.record(z.string(), caseFactSchema),
  reviews: z.array(openReviewSchema),
});
export type HealthRecord = z.infer<typeof healthRecordSchema>;

export function emptyRecord(): HealthRecord {
  return {
    exams: {},
    fits: [],
    facepiece: null,
    audiograms: [],
    audiogramOffer: null,
    bloodLeads: [],
    bloodLeadOffer: null,
    bloodLeadToldOn: null,
    hbv: null,
    cases: {},
    reviews: [],
  };
}
