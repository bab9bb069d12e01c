import { createHash } from 'node:crypto';
import type { AnswerEvent, Turn } from '#contracts/der-iq';
import type { ChatEvent, ChatInput, ChatTurn } from '#contracts/screens/ask';
import type { ActContext, AuditDraft } from '#domain/audit';
import type { Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Quota } from '#platform/rate-limits';
import type { Answerer } from '#rag';
import { outgoing } from '../outgoing.ts';
import type { Conversations } from './conversations.postgres.ts';

export interface ChatDeps {
  readonly answer: Answerer;
  readonly conversations: Conversations;
  readonly ids: Ids;
  readonly quota: Quota;
  /** Names the words and tools that a model begins with; null: there is no model. */
  readonly promptFingerprint: string | null;
  /** Writes to the audit log of the scope's tenant. */
  readonly record: (scope: Scope, draft: AuditDraft) => Promise<void>;
}

export interface ChatAsked {
  readonly scope: Scope;
  readonly act: ActContext;
  readonly input: ChatInput;
  readonly signal: AbortSignal;
}

/** Questions of one user in a minute. */
const questionsPerMinute = 20;
const historyTurns = 6;

/**
 * Asks within a conversation. The answer is kept and recorded before its last piece leaves; when it fails or nobody reads on,
 * what there was of it. Throws `assistant.too_many_questions`, `assistant.conversation_unknown`.
 */
export function createChat(deps: ChatDeps) {
  const { answer, conversations, ids } = deps;
  return async function* chat({ scope, act, input, signal }: ChatAsked): AsyncGenerator<ChatEvent> {
    await takeTurn(deps.quota, scope);
    const { question } = input;
    const conversationId = input.conversationId ?? ids.next('conversation');
    const before = input.conversationId === null ? [] : await conversations.turns(scope, conversationId);
    if (input.conversationId === null) await conversations.start(scope, conversationId, question);
    const turn = { id: ids.next('conversationTurn'), conversationId, question };
    yield { type: 'started', conversationId, turnId: turn.id };

    const events: AnswerEvent[] = [];
    let kept = false;
    const keep = async (outcome: Outcome): Promise<void> => {
      if (kept) return;
      kept = true;
      const { promptFingerprint } = deps;
      await deps.record(scope, draftOf(act, { ...turn, promptFingerprint }, events, outcome));
      await conversations.keep(scope, { ...turn, events });
    };
    try {
      for await (const event of answer({ scope, question, history: historyOf(before), signal })) {
        const seen = outgoing(scope, event);
        append(events, seen);
        if (seen.type === 'done') await keep(signal.aborted ? 'stop' : 'answer');
        yield seen;
      }
    } catch (error) {
      await keep('fail');
      throw error;
    } finally {
      await keep('stop');
    }
  };
}

export type Chat = ReturnType<typeof createChat>;

async function takeTurn(quota: Quota, { tenantId, userId }: Scope): Promise<void> {
  const { allowed, resetS } = await quota.take(`${tenantId} ${userId}`, questionsPerMinute);
  if (allowed) return;
  throw new PlumblineError({
    kind: 'limited',
    code: 'assistant.too_many_questions',
    detail: `You can ask ${questionsPerMinute} questions in a minute. Wait ${resetS} s.`,
    retryAfterS: resetS,
  });
}

/** Words that follow each other become one piece. */
function append(events: AnswerEvent[], event: AnswerEvent): void {
  const last = events.at(-1);
  if (event.type === 'text' && last?.type === 'text')
    events[events.length - 1] = { type: 'text', delta: last.delta + event.delta };
  else events.push(event);
}

const longestTurn = 8000;

/** Answers that are no longer shown are not told to the model either. */
function historyOf(turns: readonly ChatTurn[]): Turn[] {
  return turns
    .filter(({ events }) => events !== null)
    .slice(-historyTurns)
    .flatMap(({ question, events }): Turn[] => {
      const words = (events ?? []).flatMap(wordsOf).join('\n\n').slice(0, longestTurn);
      const asked: Turn = { by: 'asker', text: question };
      return words === '' ? [asked] : [asked, { by: 'assistant', text: words }];
    });
}

function wordsOf(event: AnswerEvent): string[] {
  if (event.type === 'text') return [event.delta];
  if (event.type === 'sql') return [`SQL: ${event.asked}`];
  if (event.type === 'clarify') return [event.question];
  if (event.type === 'denied' || event.type === 'cannot') return [event.words];
  return event.type === 'citation' ? [`${event.citation}: ${event.quote}`] : [];
}

type Outcome = 'answer' | 'stop' | 'fail';

interface RecordedTurn extends Pick<ChatDeps, 'promptFingerprint'> {
  readonly id: string;
  readonly question: string;
}

/** Who asked what, by which SQL, and what came of it: as hashes, so that the log is no copy of the data. */
function draftOf(
  act: ActContext,
  { id, question, promptFingerprint }: RecordedTurn,
  events: readonly AnswerEvent[],
  outcome: Outcome,
): AuditDraft {
  const done = events.find((event) => event.type === 'done');
  return {
    ...act,
    act: `assistant:question:${outcome}`,
    subject: { type: 'conversation_turn', id },
    after: {
      question,
      answeredBy: done?.family ?? null,
      sql: events.flatMap((event) => (event.type === 'sql' ? [{ asked: event.asked, ran: event.ran }] : [])),
      rowHashes: events.flatMap((event) => (event.type === 'table' ? [hashOf(event)] : [])),
      citations: events.flatMap((event) => (event.type === 'citation' ? [event.citation] : [])),
      denied: events.flatMap((event) => (event.type === 'denied' ? [event.words] : [])),
      drafts: events.flatMap((event) => (event.type === 'draft' ? [event.title] : [])),
      usage: done?.usage ?? null,
      promptFingerprint,
    },
  };
}

/** SHA-256 of columns and rows, hex. */
function hashOf({ columns, rows }: Extract<AnswerEvent, { type: 'table' }>): string {
  return createHash('sha256')
    .update(JSON.stringify([columns, rows]))
    .digest('hex');
}
