import * as z from 'zod';

/** Rows of one page of an answer. */
export const explorerPageSize = 500;

const explorerColumnSchema = z.object({
  name: z.string(),
  type: z.string(),
  meaning: z.string(),
  unit: z.string().nullable(),
  example: z.string(),
  values: z.array(z.string()),
  /** `plain`, `personal` (tells who it is about) or `protected` (tells what the law protects). */
  sensitivity: z.enum(['plain', 'personal', 'protected']),
});

export const explorerViewSchema = z.object({
  name: z.string(),
  meaning: z.string(),
  /** What one row stands for. */
  grain: z.string(),
  /** Why the viewer may not ask it; null: it may be asked. */
  denied: z.string().nullable(),
  columns: z.array(explorerColumnSchema),
  joins: z.array(z.object({ view: z.string(), on: z.array(z.string()) })),
  questions: z.array(z.object({ question: z.string(), sql: z.string() })),
});
export type ExplorerView = z.infer<typeof explorerViewSchema>;

export const explorerCatalogueSchema = z.object({ views: z.array(explorerViewSchema) });

export const explorerAskSchema = z.object({
  sql: z.string().max(20_000),
  /** Counted from 1. */
  page: z.int().min(1).max(100_000).default(1),
});

export const explorerAnswerSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** Texts, numbers, booleans, null, lists; 64-bit integers and decimals as texts. */
  rows: z.array(z.array(z.unknown())),
  page: z.int(),
  hasMore: z.boolean(),
  /** What the viewer's scope left out; null: nothing. */
  limitedTo: z.string().nullable(),
  sqlAsRun: z.string(),
  tookMs: z.number(),
});
export type ExplorerAnswer = z.infer<typeof explorerAnswerSchema>;
