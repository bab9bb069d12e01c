import * as z from 'zod';
import { flagColourSchema, lawQuoteSchema } from '#contracts/flags';
import { moduleSchema } from '#contracts/modules';
import { dateSchema } from '#contracts/time';
import { exprSchema } from './expression.ts';

/** L law, C custom of the trade, P policy default. */
export const basisSchema = z.enum(['law', 'custom', 'policy']);

/**
 * A number or choice inside a rule. A tenant may change it when its basis is custom or policy, within `min` and
 * `max`. A law parameter moves only on the strict side: not below `min`, not above `max`; with neither it is fixed.
 */
export const parameterSchema = z.strictObject({
  value: z.union([z.number(), z.boolean(), z.string()]),
  basis: basisSchema,
  unit: z.string(),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type RuleParameter = z.infer<typeof parameterSchema>;

const outcomeSchema = z.strictObject({
  flag: flagColourSchema,
  /** The regulated work must not start or go on; may depend on signals (e.g. binds applicants only). */
  hold: exprSchema,
});

const conditionSchema = z.union([
  z.strictObject({ when: exprSchema, gives: outcomeSchema }),
  z.strictObject({
    deadline: z.strictObject({
      /** Signal: the first instant that is late (`validThrough` of the last good day). Null = nothing due. */
      due: z.string(),
      /**
       * Days before the last good day from which `before` holds, e.g. [90, 60, 30]: the longest mark that is not
       * longer than half the validity counts. Absent = `before` holds at any time before `due`.
       */
      marksDays: z.array(z.int().positive()).min(1).optional(),
      /** Name of a parameter that holds the first mark, instead of `marksDays`. */
      markParameter: z.string().optional(),
      /** Signal: start of validity, for the half-validity rule. */
      validFrom: z.string().optional(),
      before: outcomeSchema.nullable(),
      after: outcomeSchema,
    }),
  }),
  /** Counts only when nothing graver matched in the same view: the row "else". */
  z.strictObject({ otherwise: outcomeSchema }),
]);

/**
 * How the phases of a person bend the outcome.
 * prohibition: red whoever the person is · before_work: red becomes yellow with hold for an applicant ·
 * lapse: a dated paper ran out: yellow with hold for an applicant, and on leave until the return ·
 * duty: the employer's own duty, unchanged by phase · status: states what is so ·
 * silence: a source is quiet; excluded from `nextChangeAt`, because news, not time alone, decides it.
 */
export const natureSchema = z.enum(['prohibition', 'before_work', 'lapse', 'duty', 'status', 'silence']);

export const ruleSchema = z.strictObject({
  id: z.string().regex(/^[A-Z]{2,4}[0-9T]*[0-9]*(-[A-Z0-9]+)*$/),
  version: z.int().positive(),
  module: moduleSchema,
  /** Only `person` colours a person; case, establishment and tenant rules raise reasons and tasks of their own. */
  subject: z.enum(['person', 'case', 'establishment', 'tenant']),
  /** Name of the scope list this rule is tried on, once for each member (each test, each document). */
  per: z.string().optional(),
  basis: basisSchema,
  citations: z.array(z.string()),
  textAsOf: dateSchema.nullable(),
  /** The sentences that a reader of the reason sees. Data for screens: no decision reads them. */
  quotes: z.array(lawQuoteSchema).default([]),
  title: z.string(),
  /** What is so, since or until when. Placeholders: {signal}, {due}. */
  says: z.string(),
  /** What to do. */
  message: z.string(),
  /** Two words for a table cell when there is no date to show. */
  short: z.string().default(''),
  parameters: z.record(z.string(), parameterSchema).default({}),
  /** First day (UTC) on which this version decides; the next version of the same id ends it. */
  effectiveFrom: dateSchema,
  /** ISO 3166-2 codes of `jurisdiction`, e.g. US-CA; absent = everywhere. */
  jurisdictions: z.array(z.string()).optional(),
  nature: natureSchema,
  appliesWhen: exprSchema,
  condition: conditionSchema,
  /** True = the reason shows only in the DER's view. */
  maskedWhen: exprSchema.optional(),
  /**
   * `der`: until it happens only the DER is told when this deadline comes (40.307(g): the dates of a follow-up plan);
   * `nextChangeAt` of everybody else is computed without it.
   */
  foretell: z.enum(['all', 'der']).default('all'),
  /** True = the match rests on something never received: stale instead, before the tenant's backfill date. */
  absentWhen: exprSchema.optional(),
  tasks: z
    .array(
      z.strictObject({
        title: z.string(),
        /** Signal with the due instant; absent = no date. */
        due: z.string().optional(),
        /** Raised when this holds; absent = when the rule matches. */
        when: exprSchema.optional(),
      }),
    )
    .default([]),
});
export type Rule = z.infer<typeof ruleSchema>;
export type RuleInput = z.input<typeof ruleSchema>;

/** Reads rule data (a parsed JSON file). Throws the Zod error with the row's path. */
export const readRules = (data: unknown): Rule[] => z.array(ruleSchema).parse(data);
