import * as z from 'zod';
import { dateSchema, instantSchema } from '../time.ts';

/**
 * Events of module `dot`. Dates are printed dates without a zone; instants are UTC.
 * An enum's `unknown` keeps a word that nobody here understands: put the word in the envelope's `review`.
 */

export const licenceStatuses = [
  'valid',
  'expired',
  'suspended',
  'downgraded',
  'disqualified',
  'out_of_service',
  'not_found',
  'unknown',
] as const;

/** A suspension, disqualification or conviction as the State reports it. `endedOn` is the State's word, never our table's. */
export const licenceActionSchema = z.object({
  kind: z.enum([
    'suspension',
    'disqualification',
    'downgrade',
    'out_of_service',
    'conviction',
    'accident',
    'other',
  ]),
  /** ACD code or the State's words. */
  code: z.string().nullable(),
  from: dateSchema,
  endedOn: dateSchema.nullable(),
  /** The downgrade follows from a prohibited Clearinghouse status, 49 CFR 383.73(q). */
  clearinghouse: z.boolean().default(false),
  /** A conviction whose class under 383.51 a person has not settled yet. */
  unclear: z.boolean().default(false),
});

/** What a DQ document can be, 49 CFR 391.51(b), 391.53, 391.63, 391.65. */
const documentKinds = [
  'application',
  'road_test',
  'safety_history',
  'registry_note',
  'annual_review',
  'initial_mvr',
  'annual_mvr',
  'medical_certificate',
  'variance',
  'previous_employer_inquiry',
  'furnished_certificate',
  'other',
] as const;
export const documentKindSchema = z.enum(documentKinds);

export const medicalBases = [
  'standard',
  'insulin',
  'vision',
  'intracity',
  'grandfathered',
  'unknown',
] as const;

/** Clearinghouse query types by the bulk file's codes: 1 limited, 2 full, 3 pre-employment, 4 limited with automatic consent request. */
export const queryTypes = ['limited', 'full', 'pre_employment', 'limited_auto_consent'] as const;

/**
 * `not_prohibited` and `prohibited` are answers of a full query. "Driver Not Prohibited" on a limited query is
 * `limited_clean`; a limited query that found anything is `limited_hit`.
 */
export const queryOutcomes = [
  'limited_clean',
  'limited_hit',
  'not_prohibited',
  'prohibited',
  'not_found',
  'unknown',
] as const;

const documentRef = { documentKind: documentKindSchema };

export const dotEvents = {
  /** A licence as a State record shows it. One event per licence; `subjectRef` `licence:{state}:{last 4}`. */
  'licence.reported': z.object({
    state: z.string().length(2),
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
  }),
  /** The licence was given up or taken over by another State's: it no longer counts towards "more than one". */
  'licence.surrendered': z.object({ state: z.string().length(2), on: dateSchema }),
  /**
   * A person settled what an unclear conviction means under 383.51. It is known again on later records by State, date and
   * code. Only the State's record disqualifies; this takes the question off the list.
   */
  'conviction.settled': z.object({
    state: z.string().length(2),
    code: z.string().nullable(),
    from: dateSchema,
    disqualifying: z.boolean(),
    settledBy: z.string(),
  }),
  'mvr.ordered': z.object({ state: z.string().length(2), orderedAt: instantSchema }),
  /** A motor vehicle record is in the file. `initial` = the 3-year inquiry of 391.23(a)(1). */
  'mvr.received': z.object({
    state: z.string().length(2),
    obtainedOn: dateSchema,
    purpose: z.enum(['initial', 'annual', 'monitor']),
  }),
  'mvr.order_canceled': z.object({ state: z.string().length(2), reason: z.string() }),
  /** The yearly review note, 391.25(c)(2): it names the reviewer. */
  'review.recorded': z.object({ on: dateSchema, reviewer: z.string().min(1) }),
  /** The result of one examination. Only `qualified` gives validity. */
  'medical.certificate_recorded': z.object({
    examOn: dateSchema,
    issuedOn: dateSchema,
    /** The printed end, inclusive; null when the paper prints none. */
    expiresOn: dateSchema.nullable(),
    basis: z.enum(medicalBases),
    result: z.enum(['qualified', 'not_qualified', 'pending', 'unknown']),
    /** End of the variance or skill performance evaluation the certificate rests on. */
    varianceTo: dateSchema.nullable(),
    /** `fmcsa` beats paper where they differ, 391.23(m). */
    from: z.enum(['fmcsa', 'examiner', 'paper']),
    examinerOnRegistry: z.boolean().nullable(),
  }),
  /** The driver must be examined again, 391.45(g), 391.46(e), or the MRO's safety letter 40.327. */
  'medical.re_examination_required': z.object({
    reason: z.enum(['impaired_ability', 'mro_letter', 'severe_hypoglycaemia']),
    on: dateSchema,
  }),
  'medical.re_examination_cleared': z.object({ on: dateSchema }),
  'cdlis.status_read': z.object({
    status: z.enum(['certified', 'not_certified', 'unknown']),
    readOn: dateSchema,
  }),

  /** `subjectRef` = the document's id for all `document.*` events. */
  'document.required': z.object(documentRef),
  'document.uploaded': z.object({ ...documentRef, uploadedAt: instantSchema }),
  'document.read': z.object({ ...documentRef, confidence: z.number().min(0).max(1) }),
  'document.verified': z.object({
    ...documentRef,
    /** When the thing itself was done: application signed, road test given, certificate made. */
    on: dateSchema,
    /** Inclusive; null = does not end. */
    expiresOn: dateSchema.nullable(),
    verifiedBy: z.string(),
    /** Road test only: a test, a CDL taken as equal, or another carrier's certificate (391.33). */
    roadTestBasis: z.enum(['test', 'cdl', 'certificate']).nullable().default(null),
    /** MVR only. */
    state: z.string().length(2).nullable().default(null),
  }),
  'document.rejected': z.object({ ...documentRef, reason: z.string() }),
  'document.voided': z.object({ ...documentRef, reason: z.string() }),
  'document.superseded': z.object(documentRef),
  'document.dropped': z.object(documentRef),

  /** Drug and alcohol history from employers that FMCSA does not regulate, 40.25, 382.413(c); or the safety history of 391.23(d). */
  'history.recorded': z.object({
    kind: z.enum(['drug_alcohol', 'safety']),
    outcome: z.enum(['requested', 'received', 'effort_documented', 'consent_refused']),
    on: dateSchema,
    employer: z.string().nullable(),
  }),

  /** `subjectRef` = the query's id for all `query.*` events. */
  'query.drafted': z.object({ queryType: z.enum(queryTypes) }),
  'query.submitted': z.object({
    queryType: z.enum(queryTypes),
    submittedAt: instantSchema,
    consentOnFile: z.boolean(),
  }),
  'query.row_rejected': z.object({ reason: z.string(), line: z.int().positive().nullable() }),
  /** `consentPending`: a full query waits for the driver's consent in the Clearinghouse. */
  'query.processing': z.object({ consentPending: z.boolean().optional() }),
  'query.result_reported': z.object({ outcome: z.enum(queryOutcomes), reportedAt: instantSchema }),
  'query.full_requested': z.object({ requestedAt: instantSchema }),
  'query.consent_given': z.object({ at: instantSchema }),
  'query.consent_refused': z.object({ at: instantSchema }),
  'query.withdrawn': z.object({ reason: z.string() }),
  /** FMCSA tells the employer of new information within 30 days of a query, 382.701(c). */
  'query.new_information': z.object({ notifiedAt: instantSchema }),
};
export type DotEventType = keyof typeof dotEvents;
export type DotPayload<T extends DotEventType> = z.infer<(typeof dotEvents)[T]>;
