import * as z from 'zod';
import { reportChannelSchema, testDescriptorSchema, testKindSchema } from '#contracts/events/drug-alcohol';
import { dateSchema, instantSchema } from '#contracts/time';
import { openReviewSchema } from '#domain/folding';
import { alcoholTestStates } from './alcohol-test-machine.ts';
import { drugTestStates } from './drug-test-states.ts';

const at = instantSchema.nullable();

export const testFactSchema = z.object({
  subjectRef: z.string(),
  /** Null until an event said what test this is. A test of unknown kind counts as a DOT drug test. */
  descriptor: testDescriptorSchema.nullable(),
  state: z.enum([...new Set([...drugTestStates, ...alcoholTestStates])]),
  /** Furthest step before a result, for an excused no-show. */
  reached: z.enum(['ordered', 'scheduled', 'collected', 'at_lab', 'with_mro', 'screened']),
  orderedAt: at,
  notifiedAt: at,
  scheduledFor: at,
  missedAt: at,
  refusalReportedAt: at,
  /** Paragraph of 49 CFR 40.191(a). */
  refusalGround: z.int().nullable(),
  /** `der` = the DER decided, `mro` = the MRO determined. */
  refusalBy: z.enum(['der', 'mro']).nullable(),
  insufficientAt: at,
  evaluationExplained: z.boolean().nullable(),
  collectedAt: at,
  observed: z.boolean(),
  /** When the present result, refusal or cancellation was reported. */
  resultAt: at,
  channel: reportChannelSchema.nullable(),
  dilute: z.boolean(),
  recollectDirected: z.boolean(),
  recollectionOf: z.string().nullable(),
  cancelCause: z.string().nullable(),
  cancelledAt: at,
  splitRequestedAt: at,
  screenedAt: at,
  /** Grams per 210 litres of breath; the confirmation's value once there is one. */
  alc: z.number().nullable(),
  nextDutyAt: at,
  safetyLetterAt: at,
  lastEventAt: instantSchema,
  vendors: z.array(z.string()),
  /** Which event set each field. */
  by: z.record(z.string(), z.string()),
  eventIds: z.array(z.string()),
});
export type TestFact = z.infer<typeof testFactSchema>;

const dated = z.object({ at: instantSchema, eventId: z.string() });
const knowledgeSchema = dated.extend({ subjectRef: z.string(), withdrawnAt: at });
const accidentSchema = dated.extend({
  subjectRef: z.string(),
  fatal: z.boolean(),
  injuryAway: z.boolean(),
  tow: z.boolean(),
  citationAt: at,
  untestedRecorded: z.array(testKindSchema),
  policeTested: z.array(testKindSchema),
  eventIds: z.array(z.string()),
});
export type AccidentFact = z.infer<typeof accidentSchema>;

export const drugAlcoholRecordSchema = z.object({
  tests: z.record(z.string(), testFactSchema),
  knowledge: z.array(knowledgeSchema),
  sap: z.object({
    evaluated: z.array(dated),
    complied: z.array(dated.extend({ followUpTests: z.int(), months: z.int() })),
    planCompleted: z.array(dated.extend({ subjectRef: z.string() })),
  }),
  clearinghouseReports: z.record(z.string(), dated),
  duty: z.object({
    /** Scheduled safety-sensitive duty periods that were announced. */
    scheduled: z.array(dated),
    intervals: z.array(z.object({ from: instantSchema, to: at, eventIds: z.array(z.string()) })),
  }),
  accidents: z.record(z.string(), accidentSchema),
  suspicions: z.record(
    z.string(),
    dated.extend({ substance: testKindSchema, recordedAt: at, eventIds: z.array(z.string()) }),
  ),
  selfAdmissions: z.record(z.string(), dated.extend({ qualified: z.boolean(), completedAt: at })),
  policyReceipt: dated.nullable(),
  exception: dated
    .extend({
      programmeLeftOn: dateSchema,
      testedWithinSixMonths: z.boolean(),
      inPoolTwelveMonths: z.boolean(),
      noKnownViolation: z.boolean(),
    })
    .nullable(),
  pool: z.object({ leftOn: dateSchema, rejoinedOn: dateSchema.nullable(), eventId: z.string() }).nullable(),
  reviews: z.array(openReviewSchema),
});
export type DrugAlcoholRecord = z.infer<typeof drugAlcoholRecordSchema>;

export function emptyRecord(): DrugAlcoholRecord {
  return {
    tests: {},
    knowledge: [],
    sap: { evaluated: [], complied: [], planCompleted: [] },
    clearinghouseReports: {},
    duty: { scheduled: [], intervals: [] },
    accidents: {},
    suspicions: {},
    selfAdmissions: {},
    policyReceipt: null,
    exception: null,
    pool: null,
    reviews: [],
  };
}
