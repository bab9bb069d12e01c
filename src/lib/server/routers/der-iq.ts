import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import { askHomeSchema, conversationSchema, feedbackInputSchema } from '#contracts/screens/ask';
import type { Scope } from '#domain/identity';
import type { Conversations } from '../der-iq/conversations.postgres.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface DerIqRouterDeps {
  readonly conversations: Conversations;
  /** Name of the language model; null: there is none. */
  readonly model: string | null;
  readonly examplesFor: (scope: Scope) => readonly string[];
}

const asker = scopedProcedure('any-module', 'see');
const one = z.object({ id: idSchema('conversation') });

/** What was asked before. Asking itself is streamed: `POST /api/der-iq/chat`. */
export function createDerIqRouter({ conversations, model, examplesFor }: DerIqRouterDeps) {
  return router({
    home: asker.output(askHomeSchema).query(async ({ ctx: { scope } }) => ({
      model,
      examples: [...examplesFor(scope)],
      conversations: await conversations.list(scope),
    })),
    conversation: asker
      .input(one)
      .output(conversationSchema)
      .query(async ({ ctx: { scope }, input: { id } }) => ({
        id,
        turns: await conversations.turns(scope, id),
      })),
    rate: asker
      .input(feedbackInputSchema)
      .output(z.void())
      .mutation(({ ctx: { scope }, input: { turnId, feedback } }) =>
        conversations.rate(scope, turnId, feedback),
      ),
    remove: asker
      .input(one)
      .output(z.void())
      .mutation(({ ctx: { scope }, input: { id } }) => conversations.remove(scope, id)),
  });
}
