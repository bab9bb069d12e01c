import * as z from 'zod';
import {
  documentKindSchema,
  licenceActionSchema,
  licenceStatuses,
  medicalBases,
  queryOutcomes,
  queryTypes,
} from '#contracts/events/dot';
import { dateSchema, instantSchema } from '#contracts/time';
import { paperSchema } from '#domain/documents';
import { openReviewSchema } from '#domain/folding';
import { queryStates } from './query-machine.ts';

const eventIds = z.array(z.string());

const licenceFactSchema = z.object({
  state: z.string(),
  numberLast4: z.string().nullable(),
  kind: z.enum(['cdl', 'clp', 'non_cdl', 'unknown']),
  licenceClass: z.enum(['A', 'B', 'C', 'D', 'M', 'other']).nullable(),
  endorsements: z.array(z.string()),
  restrictions: z.array(z.string()),
  status: z.enum(licenceStatuses),
  privilegeToDrive: z.enum(['valid', 'invalid']).nullable(),
  issuedOn: dateSchema.nullable(),
  expiresOn: dateSchema.nullable(),
  actions: z.array(licenceActionSchema),
  readOn: dateSchema,
  via: z.enum(['mvr', 'monitor', 'cdlis', 'hr']),
  /** Whose feed said so: its silence makes the answer stale. */
  vendor: z.string(),
  surrenderedOn: dateSchema.nullable(),
  eventIds,
});
export type LicenceFact = z.infer<typeof licenceFactSchema>;

const mvrFactSchema = z.object({
  state: z.string(),
  obtainedOn: dateSchema,
  purpose: z.enum(['initial', 'annual', 'monitor']),
  eventIds,
});

const certificateFactSchema = z.object({
  subjectRef: z.string(),
  examOn: dateSchema,
  issuedOn: dateSchema,
  expiresOn: dateSchema.nullable(),
  basis: z.enum(medicalBases),
  result: z.enum(['qualified', 'not_qualified', 'pending', 'unknown']),
  varianceTo: dateSchema.nullable(),
  from: z.enum(['fmcsa', 'examiner', 'paper']),
  examinerOnRegistry: z.boolean().nullable(),
  eventIds,
});
export type CertificateFact = z.infer<typeof certificateFactSchema>;

const documentFactSchema = paperSchema.extend({
  kind: documentKindSchema,
  roadTestBasis: z.enum(['test', 'cdl', 'certificate']).nullable(),
  licenceState: z.string().nullable(),
});
export type DocumentFact = z.infer<typeof documentFactSchema>;

const queryFactSchema = z.object({
  queryType: z.enum(queryTypes),
  state: z.enum(queryStates),
  submittedAt: instantSchema.nullable(),
  consentOnFile: z.boolean(),
  /** The full query waits for the driver's consent in the Clearinghouse: until then it is no query. */
  consentPending: z.boolean(),
  /** When the limited query found something: 24 hours run from here, 382.701(b)(3). */
  hitAt: instantSchema.nullable(),
  /** When the newest usable answer (limited or full) came. */
  resultAt: instantSchema.nullable(),
  outcome: z.enum(queryOutcomes).nullable(),
  refusedAt: instantSchema.nullable(),
  rejection: z.string().nullable(),
  vendor: z.string(),
  eventIds,
});
export type QueryFact = z.infer<typeof queryFactSchema>;

export const dotRecordSchema = z.object({
  /** By `subjectRef`. */
  licences: z.record(z.string(), licenceFactSchema),
  settledConvictions: z.array(
    z.object({
      state: z.string(),
      code: z.string().nullable(),
      from: dateSchema,
      disqualifying: z.boolean(),
      settledBy: z.string(),
      eventIds,
    }),
  ),
  mvrs: z.array(mvrFactSchema),
  openMvrOrders: z.record(
    z.string(),
    z.object({ state: z.string(), orderedAt: instantSchema, vendor: z.string(), eventIds }),
  ),
  review: z.object({ on: dateSchema, reviewer: z.string(), eventIds }).nullable(),
  /** Every reported examination, in the order in which they became known. */
  certificates: z.array(certificateFactSchema),
  reExaminations: z.array(
    z.object({
      reason: z.enum(['impaired_ability', 'mro_letter', 'severe_hypoglycaemia']),
      on: dateSchema,
      clearedOn: dateSchema.nullable(),
      eventIds,
    }),
  ),
  cdlis: z
    .object({ status: z.enum(['certified', 'not_certified', 'unknown']), readOn: dateSchema, eventIds })
    .nullable(),
  /** By `subjectRef`; each new upload on a settled document adds a generation, the last one counts. */
  documents: z.record(z.string(), z.array(documentFactSchema)),
  histories: z.array(
    z.object({
      kind: z.enum(['drug_alcohol', 'safety']),
      outcome: z.enum(['requested', 'received', 'effort_documented', 'consent_refused']),
      on: dateSchema,
      employer: z.string().nullable(),
      eventIds,
    }),
  ),
  /** By `subjectRef`. */
  queries: z.record(z.string(), queryFactSchema),
  newInformation: z.object({ notifiedAt: instantSchema, eventIds }).nullable(),
  reviews: z.array(openReviewSchema),
});
export type DotRecord = z.infer<typeof dotRecordSchema>;

export function emptyRecord(): DotRecord {
  return {
    licences: {},
    settledConvictions: [],
    mvrs: [],
    openMvrOrders: {},
    review: null,
    certificates: [],
    reExaminations: [],
    cdlis: null,
    documents: {},
    histories: [],
    queries: {},
    newInformation: null,
    reviews: [],
  };
}
