import * as z from 'zod';
import { lawQuoteSchema } from '../flags.ts';
import { moduleSchema } from '../modules.ts';
import { dateSchema } from '../time.ts';
import { idSchema } from '../ids.ts';
import { roleSchema, rights } from '../roles.ts';

const basisSchema = z.enum(['law', 'custom', 'policy']);

export const ruleLineSchema = z.object({
  id: z.string(),
  version: z.int(),
  module: moduleSchema,
  title: z.string(),
  basis: basisSchema,
  citations: z.array(z.string()),
  /** Date of the regulation text that the rule was checked against. */
  textAsOf: dateSchema.nullable(),
  /** Whom or what it is about. */
  subject: z.enum(['person', 'case', 'establishment', 'tenant']),
  effectiveFrom: dateSchema,
});
export type RuleLine = z.infer<typeof ruleLineSchema>;

export const ruleDetailSchema = ruleLineSchema.extend({
  /** What is so. */
  says: z.string(),
  /** What to do. */
  message: z.string(),
  /** The sentences of law it rests on. */
  quotes: z.array(lawQuoteSchema),
  appliesWhen: z.string(),
  condition: z.string(),
  /** What it gives, in words: "Non-compliant, hold". */
  gives: z.string(),
  nature: z.string(),
  jurisdictions: z.array(z.string()),
  parameters: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      unit: z.string(),
      basis: basisSchema,
      /** What the tenant may choose, in words; null = fixed. */
      range: z.string().nullable(),
    }),
  ),
  tasks: z.array(z.string()),
  /** All versions of the rule, newest first. */
  versions: z.array(z.object({ version: z.int(), effectiveFrom: dateSchema })),
});
export type RuleDetail = z.infer<typeof ruleDetailSchema>;

export const settingsSchema = z.object({
  tenant: z.object({ id: idSchema('tenant'), name: z.string(), kind: z.string(), zone: z.string() }),
  /** What each role may do, for the roles of this kind of tenant. */
  roles: z.array(
    z.object({
      role: roleSchema,
      /** The company's word, or ours. */
      label: z.string(),
      ours: z.string(),
      rights: z.record(z.string(), z.array(z.enum(rights))),
    }),
  ),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The company's own words for roles, by role; an empty one = ours. */
export const roleLabelsSchema = z.object({
  labels: z.partialRecord(roleSchema, z.string().trim().max(40)),
});
