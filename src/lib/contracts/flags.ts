import * as z from 'zod';
import { moduleSchema } from './modules.ts';
import { dateSchema, instantSchema } from './time.ts';

/**
 * Status of one (employee, module) at one instant. `none` = no rule applies: shown as "–", counted nowhere.
 * `stale` = a vendor on which the answer depends is silent, so nothing can be claimed.
 */
export const flagColours = ['red', 'stale', 'yellow', 'green', 'none'] as const;
export const flagColourSchema = z.enum(flagColours);
export type FlagColour = z.infer<typeof flagColourSchema>;

/** Order of trouble: red > stale > yellow > green > none. Lower number = graver. */
export const gravity: Record<FlagColour, number> = { red: 0, stale: 1, yellow: 2, green: 3, none: 4 };

export const flagWords: Record<FlagColour, string> = {
  red: 'Non-compliant',
  stale: 'No data',
  yellow: 'Due / review',
  green: 'Compliant',
  none: 'Not required',
};

/** One tested fact behind a reason, with the events that carried it. */
export const factTestedSchema = z.object({
  name: z.string(),
  value: z.string(),
  ok: z.boolean().nullable(),
  eventIds: z.array(z.string()),
});

/** Why a flag is what it is: one matching rule. All matching reasons are kept, gravest first. */
export const reasonSchema = z.object({
  ruleId: z.string(),
  ruleVersion: z.int().positive(),
  title: z.string(),
  flag: flagColourSchema,
  /** The regulated work must not start or go on. */
  hold: z.boolean(),
  /** L law, C custom of the trade, P policy default. */
  basis: z.enum(['law', 'custom', 'policy']),
  citations: z.array(z.string()),
  /** Date of the regulation text the rule was verified against; null = not verified or no law behind it. */
  textAsOf: dateSchema.nullable(),
  /** One or two sentences: what is so, since or until when; what to do. */
  message: z.string(),
  facts: z.array(factTestedSchema),
  eventIds: z.array(z.string()),
  nextChangeAt: instantSchema.nullable(),
  /** First instant that is late, for a rule with a deadline. */
  dueAt: instantSchema.nullable(),
  /** A word or two for a table cell when there is no date to show. */
  short: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;

/**
 * The decisive sentence behind a citation. `text` = the regulation's own words, as of the rule's `textAsOf`, ` … ` where
 * words are left out; `summary` = our words, for law whose text was not at hand or where the point is its silence.
 */
export const lawQuoteSchema = z.object({
  citation: z.string(),
  kind: z.enum(['text', 'summary']),
  words: z.string(),
});
export type LawQuote = z.infer<typeof lawQuoteSchema>;

/** Something a person must do by a date; never changes a colour by itself. */
export const taskSchema = z.object({
  ruleId: z.string(),
  title: z.string(),
  dueAt: instantSchema.nullable(),
});

/** What `evaluate` answers for one (employee, module) at one instant. */
export const decisionSchema = z.object({
  flag: flagColourSchema,
  hold: z.boolean(),
  reasons: z.array(reasonSchema),
  /** Earliest instant at which flag or hold changes by time alone; null = none. */
  nextChangeAt: instantSchema.nullable(),
  /** What the flag becomes then, when that can be told. */
  nextFlag: flagColourSchema.nullable(),
  nextHold: z.boolean().nullable(),
  tasks: z.array(taskSchema),
});
export type Decision = z.infer<typeof decisionSchema>;

/** The current flag of one (employee, module) as screens and live frames carry it (already masked for the viewer). */
export const flagStateSchema = z.object({
  module: moduleSchema,
  flag: flagColourSchema,
  hold: z.boolean(),
  /** A few words for a cell: "3 d late", "in 9 d"; empty when the flag word itself is best. */
  short: z.string(),
  since: instantSchema,
  nextChangeAt: instantSchema.nullable(),
  nextFlag: flagColourSchema.nullable(),
  leadRuleId: z.string().nullable(),
});
export type FlagState = z.infer<typeof flagStateSchema>;
