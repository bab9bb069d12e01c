import * as z from 'zod';
import { dateSchema, instantSchema } from '../time.ts';

/**
 * Payloads of the compliance events of module `drug_alcohol`, by event type. Besides these, `human_review.resolved`
 * settles what is open on its subject (domain/folding).
 *
 * `subjectRef` of every `test.*` event is ONE test: one order and one kind. A vendor order that screens for drugs
 * and alcohol is two subjects (`<order>/drug`, `<order>/alcohol`). Any `test.*` event may be the first that is seen
 * of a test (orders arrive late or never), so each may carry the `test` descriptor; the first one known stays.
 *
 * What a normaliser must respect: a laboratory or C/TPA result is delivered with its true `channel` and never
 * promoted to `mro` (49 CFR 40.97(c), 40.355(c)); a word it does not know becomes `test.word_unknown`.
 */
export const testReasons = [
  'pre_employment',
  'random',
  'post_accident',
  'reasonable_suspicion',
  'return_to_duty',
  'follow_up',
  'other',
] as const;
export const testReasonSchema = z.enum(testReasons);
export type TestReason = z.infer<typeof testReasonSchema>;

export const testKinds = ['drug', 'alcohol'] as const;
export const testKindSchema = z.enum(testKinds);

/** Who reported: medical review officer, laboratory, breath alcohol technician, consortium, collector, employer's DER. */
export const reportChannels = ['mro', 'lab', 'bat', 'ctpa', 'collector', 'der', 'unknown'] as const;
export const reportChannelSchema = z.enum(reportChannels);

export const testDescriptorSchema = z.object({
  /** A DOT test (part 40), or a company test under the employer's own policy. */
  dot: z.boolean(),
  /** `other` = the vendor's reason was not understood: counts as unknown, never as pre-employment. */
  reason: testReasonSchema,
  kind: testKindSchema,
});
export type TestDescriptor = z.infer<typeof testDescriptorSchema>;

const test = { test: testDescriptorSchema.optional() };
/** Paragraph of 49 CFR 40.191(a), 1–11; null when the report does not say. */
const refusalGround = z.int().min(1).max(11).nullable();
const verifiedResult = z.enum(['negative', 'positive', 'refusal']);
/** Grams of alcohol per 210 litres of breath, e.g. 0.031. */
const breathAlcohol = z.number().min(0).max(1);

export const drugAlcoholEvents = {
  /** A random or follow-up order is the DER's alone until `test.notified` (382.305(k)(1), 40.309(b)). */
  'test.ordered': z.object({
    test: testDescriptorSchema,
    observed: z.boolean().default(false),
    /** The test this one recollects, when directed. */
    recollectionOf: z.string().nullable().default(null),
  }),
  'test.notified': z.object({ ...test }),
  'test.scheduled': z.object({ ...test, scheduledFor: instantSchema.nullable().default(null) }),
  'test.no_show': z.object({ ...test }),
  'test.refusal_reported': z.object({ ...test, ground: refusalGround.default(null) }),
  /** Too little urine, saliva or breath: 40.193, 40.265. */
  'test.insufficient': z.object({ ...test }),
  /** The medical evaluation after a short specimen came in: `explained` = medical explanation, else the MRO reports a refusal. */
  'test.evaluation_received': z.object({ ...test, explained: z.boolean() }),
  'test.collected': z.object({ ...test, observed: z.boolean().default(false) }),
  'test.lab_received': z.object({ ...test }),
  'test.lab_reported': z.object({ ...test }),
  'test.mro_negative': z.object({
    ...test,
    channel: reportChannelSchema,
    dilute: z.boolean().default(false),
    /** The MRO ordered an immediate recollection under direct observation (40.197(b)(1)). */
    recollectDirected: z.boolean().default(false),
  }),
  'test.mro_positive': z.object({
    ...test,
    channel: reportChannelSchema,
    dilute: z.boolean().default(false),
  }),
  /** Adulterated, substituted, or a refusal determined by the MRO. */
  'test.mro_refusal': z.object({
    ...test,
    channel: reportChannelSchema,
    cause: z.enum(['adulterated', 'substituted', 'other']),
  }),
  'test.mro_cancelled': z.object({
    ...test,
    channel: reportChannelSchema,
    /** `correctable` alone can be reversed (40.207(d)); `invalid_unexplained` asks for a recollection. */
    cause: z.enum([
      'fatal_flaw',
      'correctable',
      'invalid_explained',
      'invalid_unexplained',
      'rejected',
      'other',
    ]),
  }),
  /** Only the employer's DER decides whether a no-show or reported refusal is one (40.355(i)). */
  'test.der_refusal': z.object({ ...test, ground: refusalGround.default(null) }),
  'test.der_excused': z.object({ ...test, reason: z.string() }),
  /** Order taken back before a specimen existed; an expired order that nobody missed. */
  'test.withdrawn': z.object({ ...test, reason: z.string() }),
  /** The MRO cancels a verified result. */
  'test.verified_result_cancelled': z.object({
    ...test,
    cause: z.enum(['split_not_reconfirmed', 'split_untestable', 'split_invalid', 'error']),
  }),
  /** The MRO corrects an earlier report, marked as a correction. Positive or refusal = up, negative = down. */
  'test.mro_corrected': z.object({ ...test, result: verifiedResult, dilute: z.boolean().default(false) }),
  'test.cancellation_reversed': z.object({ ...test, result: verifiedResult }),
  'test.split_requested': z.object({ ...test }),
  /** The separate letter of 40.327: safety risk although the result is negative. */
  'test.safety_letter_received': z.object({ ...test }),
  'test.safety_letter_closed': z.object({ ...test }),
  'test.alcohol_screened': z.object({
    ...test,
    channel: reportChannelSchema.default('bat'),
    alc: breathAlcohol,
  }),
  'test.alcohol_confirmed': z.object({
    ...test,
    channel: reportChannelSchema.default('bat'),
    alc: breathAlcohol,
    /** Next scheduled safety-sensitive duty, when known. */
    nextDutyAt: instantSchema.nullable().default(null),
  }),
  /** The vendor sent a status or result that has no agreed meaning. */
  'test.word_unknown': z.object({ ...test, field: z.string(), word: z.string() }),

  /** Next scheduled safety-sensitive duty (dispatch). `at` null = not known any more. */
  'duty.scheduled': z.object({ at: instantSchema.nullable() }),
  /** Safety-sensitive duty began or stopped (layoff, transfer): the clock of 40.307(d)–(e). `subjectRef` any. */
  'duty.started': z.object({}),
  'duty.stopped': z.object({}),

  'violation.actual_knowledge': z.object({ basis: z.string() }),
  'violation.withdrawn': z.object({ reason: z.string() }),
  'sap.evaluated': z.object({}),
  /** The SAP's second report: complied; the follow-up plan. 40.307(d): at least 6 tests in 12 months. */
  'sap.complied': z.object({ followUpTests: z.int().nonnegative(), months: z.int().positive().default(12) }),
  'sap.plan_completed': z.object({}),

  /** Something the employer must report to the Clearinghouse was reported. `subjectRef` = the test or violation. */
  'clearinghouse.reported': z.object({}),

  'accident.occurred': z.object({
    fatal: z.boolean(),
    injuryAway: z.boolean(),
    tow: z.boolean(),
    citationAt: instantSchema.nullable().default(null),
  }),
  'accident.citation_issued': z.object({ citationAt: instantSchema }),
  /** The record of why a test was not given (382.303(d)); a police test that counts (382.303(g)). */
  'accident.untested_recorded': z.object({ substance: testKindSchema }),
  'accident.police_test_obtained': z.object({ substance: testKindSchema }),
  'suspicion.observed': z.object({ substance: testKindSchema }),
  'suspicion.recorded': z.object({ substance: testKindSchema }),

  'self_admission.made': z.object({ qualified: z.boolean() }),
  'self_admission.completed': z.object({}),
  'policy.receipt_signed': z.object({}),
  /** Pre-employment exception of 382.301(b), every condition documented. */
  'exception.documented': z.object({
    programmeLeftOn: dateSchema,
    testedWithinSixMonths: z.boolean(),
    inPoolTwelveMonths: z.boolean(),
    noKnownViolation: z.boolean(),
  }),
  /** Out of every random pool since this date; null = back in one. */
  'pool.left': z.object({ on: dateSchema }),
  'pool.joined': z.object({ on: dateSchema }),
} as const;

export type DrugAlcoholEventType = keyof typeof drugAlcoholEvents;
/** What a producer may write (defaults optional). */
export type DrugAlcoholInput<T extends DrugAlcoholEventType> = z.input<(typeof drugAlcoholEvents)[T]>;
/** What a reader gets (defaults filled in). */
export type DrugAlcoholPayload<T extends DrugAlcoholEventType> = z.output<(typeof drugAlcoholEvents)[T]>;
