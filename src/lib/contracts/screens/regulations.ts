import * as z from 'zod';
import { moduleSchema } from '../modules.ts';
import { dateSchema } from '../time.ts';

export const regulationQuerySchema = z.object({
  text: z.string().trim().min(2).max(400),
  /** The law as it was on that day; null = the newest text held. */
  asOf: dateSchema.nullable().default(null),
  /** DOT, OSHA, FCRA, HIPAA; null = all. */
  group: z.string().max(40).nullable().default(null),
});

const passageSchema = z.object({
  /** To the paragraph: `49 CFR 382.305(b)(2)`. */
  citation: z.string(),
  section: z.string(),
  title: z.string(),
  group: z.string(),
  /** `summary`: our own words, not the law's. */
  status: z.enum(['text', 'reserved', 'summary']),
  quote: z.string(),
  asOf: dateSchema,
  /** A document of the company, and not the law. */
  own: z.boolean(),
});

export const regulationAnswerSchema = z.object({
  /** False: nothing held answers it; the passages are what came nearest. */
  answerable: z.boolean(),
  /** The other field that the question seems to be about. */
  outside: z.string().nullable(),
  passages: z.array(passageSchema),
});

export const regulationSectionSchema = z.object({
  citation: z.string(),
  title: z.string(),
  path: z.array(z.string()),
  group: z.string(),
  status: z.enum(['text', 'reserved', 'summary']),
  own: z.boolean(),
  asOf: dateSchema,
  /** Since when another text is in its place; null = the newest held. */
  until: dateSchema.nullable(),
  notices: z.array(z.string()),
  /** `place` is `(b)(1)`, empty for what stands before the first paragraph; `depth` counts its labels. */
  paragraphs: z.array(z.object({ place: z.string(), depth: z.int(), text: z.string() })),
  /** Days of the texts held, oldest first. */
  versions: z.array(dateSchema),
  rules: z.array(
    z.object({ id: z.string(), title: z.string(), module: moduleSchema, citations: z.array(z.string()) }),
  ),
});
export type RegulationSection = z.infer<typeof regulationSectionSchema>;
