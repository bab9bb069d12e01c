import * as z from 'zod';
import { dateSchema } from './time.ts';

/** Markdown to append to the answer: paragraphs, lists, emphasis, no HTML. */
const textSchema = z.object({ type: z.literal('text'), delta: z.string() });

/** The question as it was put to the data. Comes before the table or the number that it answers. */
const sqlSchema = z.object({
  type: z.literal('sql'),
  /** As written by the model or the planner, over the views of the catalogue. */
  asked: z.string(),
  /** As the engine ran it, with the asker's scope; null when nobody but the audit log needs it. */
  ran: z.string().nullable(),
  /** What the asker's scope left out, in words for the asker; null when nothing. */
  limitedToScope: z.string().nullable(),
});

const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Rows of the SQL before it. 64-bit integers come as texts, instants as ISO 8601 UTC. */
const tableSchema = z.object({
  type: z.literal('table'),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(cellSchema)),
  /** There are more rows than were sent. */
  truncated: z.boolean(),
});

export const chartKinds = ['line', 'bar', 'stacked', 'area', 'pie', 'value'] as const;

/** How the table before it is best drawn. `x` and each of `y` name its columns. */
const chartSchema = z.object({
  type: z.literal('chart'),
  kind: z.enum(chartKinds),
  x: z.string(),
  y: z.array(z.string()),
  /** One line per value of this column. */
  series: z.string().nullable(),
});

/** What the law or a company's own document says, in its words. */
const citationSchema = z.object({
  type: z.literal('citation'),
  /** To the paragraph: `49 CFR 382.305(b)(2)`. */
  citation: z.string(),
  title: z.string(),
  quote: z.string(),
  /** `text` the source's own words; `summary` ours, for law whose text is not held. */
  kind: z.enum(['text', 'summary']),
  /** Date of the text; null: not dated. */
  asOf: dateSchema.nullable(),
  /** Path within the app that opens the section; null: none. */
  href: z.string().nullable(),
});

/** The question can mean several things: the asker picks one. */
const clarifySchema = z.object({
  type: z.literal('clarify'),
  question: z.string(),
  /** `ask` is the whole question to send when this one is picked. */
  choices: z.array(z.object({ label: z.string(), ask: z.string() })).min(1),
});

/** Not empty but denied: which right is missing. */
const deniedSchema = z.object({
  type: z.literal('denied'),
  /** As the permission matrix says it, `view drug_alcohol`; null when it is not about one right. */
  right: z.string().nullable(),
  words: z.string(),
});

/** Something to commit by hand; nothing has happened yet. */
const draftSchema = z.object({
  type: z.literal('draft'),
  kind: z.enum(['rule', 'reminder', 'report']),
  title: z.string(),
  /** Markdown. */
  body: z.string(),
});

/** What the assistant cannot answer, and what it can. */
const cannotSchema = z.object({
  type: z.literal('cannot'),
  words: z.string(),
  /** Questions that it can answer, to be asked as they stand. */
  can: z.array(z.string()),
});

/** The last event of every answer, also of one that was stopped or failed. */
const doneSchema = z.object({
  type: z.literal('done'),
  /** Family of questions of the offline planner; `model` when a model answered; null when nobody did. */
  family: z.string().nullable(),
  tookMs: z.number().nonnegative(),
  usage: z
    .object({
      inputTokens: z.int().nonnegative(),
      outputTokens: z.int().nonnegative(),
      cachedTokens: z.int().nonnegative(),
    })
    .optional(),
});

/** One piece of an answer of the assistant, in the order in which it is shown. */
export const answerEventSchema = z.discriminatedUnion('type', [
  textSchema,
  sqlSchema,
  tableSchema,
  chartSchema,
  citationSchema,
  clarifySchema,
  deniedSchema,
  draftSchema,
  cannotSchema,
  doneSchema,
]);
export type AnswerEvent = z.infer<typeof answerEventSchema>;

/** One turn of a conversation, oldest first. `text` of an answer is its markdown. */
export const turnSchema = z.object({
  by: z.enum(['asker', 'assistant']),
  text: z.string().max(8000),
});
export type Turn = z.infer<typeof turnSchema>;

/** Characters of a question at most. */
export const longestQuestion = 2000;
