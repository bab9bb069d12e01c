import * as z from 'zod';
import { answerEventSchema, longestQuestion } from '../der-iq.ts';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** Body of `POST /api/der-iq/chat`. */
export const chatInputSchema = z.strictObject({
  /** Null begins a new conversation. */
  conversationId: idSchema('conversation').nullable(),
  question: z.string().trim().min(1).max(longestQuestion),
});
export type ChatInput = z.infer<typeof chatInputSchema>;

/** Body of `POST /api/der-iq/query`. */
export const queryInputSchema = z.strictObject({
  sql: z.string().max(20_000),
  /** In words, for the audit log. */
  question: z.string().trim().max(longestQuestion).optional(),
  /** Most rows of the answer. */
  rows: z.int().min(1).max(10_000).default(1000),
});

/** Before the answer: where it will be found again. */
const startedSchema = z.object({
  type: z.literal('started'),
  conversationId: idSchema('conversation'),
  turnId: idSchema('conversationTurn'),
});

/** Instead of the rest of the answer. */
const failedSchema = z.object({
  type: z.literal('failed'),
  code: z.string(),
  message: z.string(),
  reference: z.string(),
});

/** One line of the answer of `/api/der-iq/*` (NDJSON). */
export const chatEventSchema = z.union([startedSchema, failedSchema, answerEventSchema]);
export type ChatEvent = z.infer<typeof chatEventSchema>;

/** 1 it helped, -1 it did not, null nothing said. */
const feedbackSchema = z.union([z.literal(1), z.literal(-1), z.null()]);
export type Feedback = z.infer<typeof feedbackSchema>;

export const feedbackInputSchema = z.object({
  turnId: idSchema('conversationTurn'),
  feedback: feedbackSchema,
});

const conversationHeadSchema = z.object({
  id: idSchema('conversation'),
  title: z.string(),
  askedAt: instantSchema,
});
export type ConversationHead = z.infer<typeof conversationHeadSchema>;

const chatTurnSchema = z.object({
  id: idSchema('conversationTurn'),
  question: z.string(),
  /** Null: what the viewer may see has changed since, so that the old answer is not shown. */
  events: z.array(answerEventSchema).nullable(),
  askedAt: instantSchema,
  feedback: feedbackSchema,
});
export type ChatTurn = z.infer<typeof chatTurnSchema>;

export const conversationSchema = z.object({ id: idSchema('conversation'), turns: z.array(chatTurnSchema) });
export type Conversation = z.infer<typeof conversationSchema>;

export const askHomeSchema = z.object({
  /** Name of the language model; null: questions are answered without one. */
  model: z.string().nullable(),
  /** Questions to begin with. */
  examples: z.array(z.string()),
  /** The viewer's own, newest first. */
  conversations: z.array(conversationHeadSchema),
});
export type AskHome = z.infer<typeof askHomeSchema>;
