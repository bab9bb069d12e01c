import type { AuditDraft } from '#domain/audit';
import type { Scope } from '#domain/identity';
import {
  createAssistant,
  createBudget,
  createClaude,
  createPlanner,
  createTools,
  exampleQuestions,
  promptFingerprint,
  type Answerer,
  type Retrieval,
} from '#rag';
import type { Guard } from '#warehouse';
import type { Engines } from '../engines.ts';
import { outgoing } from '../outgoing.ts';
import type { PersonPages } from '../person/pages.ts';
import type { Core, CoreInput } from '../services.ts';
import { createChat, type Chat } from './chat.ts';
import { createConversations, type Conversations } from './conversations.postgres.ts';
import { readLocationStates } from './location-states.postgres.ts';

export interface DerIqInput
  extends Pick<CoreInput, 'clock' | 'config' | 'ids' | 'log'>, Pick<Core, 'keys' | 'domain'> {
  readonly engines: Engines;
  readonly guard: Guard;
  readonly retrieval: () => Promise<Retrieval>;
  readonly persons: PersonPages;
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface DerIqParts {
  readonly chat: Chat;
  readonly guard: Guard;
  readonly conversations: Conversations;
  readonly model: string | null;
  readonly examplesFor: (scope: Scope) => readonly string[];
}

/** Questions in words: by the model when there is a key, else by the planner. */
export function createDerIq(input: DerIqInput): DerIqParts {
  const { engines, clock, ids, keys, domain, config, guard } = input;
  const { postgres, rateLimits } = engines;
  const conversations = createConversations({ postgres, keys, clock });
  const record = (scope: Scope, draft: AuditDraft) =>
    postgres.asTenant(scope.tenantId, async (tx) => {
      await domain.audit.append(tx, scope.tenantId, [draft]);
    });
  const quota = rateLimits.quota('der-iq', { windowS: 60 });
  return {
    chat: createChat({ ...answererOf(input), conversations, ids, quota, record }),
    guard,
    conversations,
    model: config.assistant?.model ?? null,
    examplesFor: (scope) => examplesFor(guard, scope),
  };
}

const retries = 2;

function answererOf(input: DerIqInput): { answer: Answerer; promptFingerprint: string | null } {
  const { engines, clock, config, guard, log, retrieval } = input;
  const { postgres } = engines;
  const statesOf = (scope: Scope) => readLocationStates(postgres, scope);
  const planner = createPlanner({ guard, retrieval, clock, statesOf });
  if (config.assistant === null) return { answer: planner, promptFingerprint: null };
  const { apiKey, model, address, timeoutMs, limits, prices } = config.assistant;
  const tools = createTools({ guard, retrieval, explain: explainer(input), screen: outgoing });
  const answer = createAssistant({
    model: createClaude({ apiKey, model, timeoutMs, retries, ...(address !== undefined && { address }) }),
    tools,
    budget: createBudget({ postgres, clock, limits }),
    prices,
    fallback: planner,
    clock,
    onFailure: (err) => log.warn({ err }, 'the language model did not answer'),
  });
  return { answer, promptFingerprint: promptFingerprint(tools) };
}

/** The drawer behind a flag, opened in the asker's name. */
function explainer({ persons, userNames }: DerIqInput) {
  return async (scope: Scope, of: Parameters<PersonPages['why']>[1]) => {
    const names = await userNames(scope.homeTenantId, [scope.userId]);
    const actor = { type: 'user' as const, id: scope.userId, name: names.get(scope.userId) ?? scope.userId };
    return persons.why(scope, of, null, { actor, ip: null, sessionId: null, requestId: null });
  };
}

const mostExamples = 8;

/** Questions to begin with, from all over what can be asked; of the law alone for who may ask none of the views. */
function examplesFor(guard: Guard, scope: Scope): string[] {
  if (guard.whyDenied(scope, 'flags') !== null) return ['What does 49 CFR 382.305 require?'];
  const step = Math.max(1, Math.floor(exampleQuestions.length / mostExamples));
  return exampleQuestions.filter((_, at) => at % step === 0).slice(0, mostExamples);
}
