import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { answerEventSchema, type AnswerEvent } from '#contracts/der-iq';
import type { Id } from '#contracts/ids';
import type { ChatTurn, ConversationHead, Feedback } from '#contracts/screens/ask';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { openJson, sealJson, type Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import { scopeKey } from '../visibility.ts';

type ConversationId = Id<'conversation'>;
type TurnId = Id<'conversationTurn'>;

/** A question with its answer, as it is kept. */
export interface KeptTurn {
  readonly id: TurnId;
  readonly conversationId: ConversationId;
  readonly question: string;
  readonly events: readonly AnswerEvent[];
}

/** Conversations of the scope's user, and nobody else's, whatever the role: row security holds it for all. */
export interface Conversations {
  /** Newest first. */
  list(scope: Scope): Promise<ConversationHead[]>;
  start(scope: Scope, id: ConversationId, question: string): Promise<void>;
  /** Oldest first. Throws `assistant.conversation_unknown`. */
  turns(scope: Scope, id: ConversationId): Promise<ChatTurn[]>;
  keep(scope: Scope, turn: KeptTurn): Promise<void>;
  /** Throws `assistant.turn_unknown`. */
  rate(scope: Scope, turnId: TurnId, feedback: Feedback): Promise<void>;
  /** Throws `assistant.conversation_unknown`. */
  remove(scope: Scope, id: ConversationId): Promise<void>;
}

export interface ConversationsDeps {
  readonly postgres: Postgres;
  readonly keys: Keys;
  readonly clock: Clock;
}

const listed = 50;
const longestTitle = 120;
const mostTurns = 100;

export function createConversations({ postgres, keys, clock }: ConversationsDeps): Conversations {
  /** Limited to no place at all, so that what is the user's own is all there is. */
  const asOwner = <T>({ tenantId, userId }: Scope, work: (tx: Tx) => Promise<T>): Promise<T> =>
    postgres.asViewer({ tenantId, userId, divisionIds: [], locationIds: [], ownEmployeeId: null }, work);
  return {
    list: (scope) => asOwner(scope, (tx) => listHeads(keys, tx, scope)),
    start: (scope, id, question) =>
      asOwner(scope, async (tx) => {
        const { tenantId, userId } = scope;
        const value = question.slice(0, longestTitle);
        const [title] = await sealJson(keys, tx, tenantId, [{ subject: null, place: placeOf(id), value }]);
        await sql`insert into conversations (tenant_id, id, user_id, title, started_at, asked_at)
          values (${tenantId}, ${id}, ${userId}, ${JSON.stringify(title)}::jsonb, ${clock.now()}, ${clock.now()})`.execute(
          tx,
        );
      }),
    turns: (scope, id) => asOwner(scope, (tx) => readTurns(keys, tx, scope, id)),
    keep: (scope, turn) => asOwner(scope, (tx) => keepTurn(keys, tx, scope, turn, clock.now())),
    rate: (scope, turnId, feedback) =>
      asOwner(scope, async (tx) => {
        const { numAffectedRows } = await sql`update conversation_turns set feedback = ${feedback}
          where tenant_id = ${scope.tenantId} and user_id = ${scope.userId} and id = ${turnId}`.execute(tx);
        if (numAffectedRows !== 1n) throw unknown('turn');
      }),
    remove: (scope, id) =>
      asOwner(scope, async (tx) => {
        const { numAffectedRows } = await sql`delete from conversations
          where tenant_id = ${scope.tenantId} and user_id = ${scope.userId} and id = ${id}`.execute(tx);
        if (numAffectedRows !== 1n) throw unknown('conversation');
      }),
  };
}

const placeOf = (id: ConversationId) => ({ table: 'conversations', column: 'title', row: id });
const contentOf = (id: TurnId) => ({ table: 'conversation_turns', column: 'content', row: id });

/** Equal as long as the user sees the same. */
const seenAs = (scope: Scope): string => createHash('sha256').update(scopeKey(scope)).digest('hex');

async function listHeads(keys: Keys, tx: Tx, { tenantId, userId }: Scope): Promise<ConversationHead[]> {
  const { rows } = await sql<{ id: ConversationId; title: unknown; asked_at: Date }>`
    select id, title, asked_at from conversations where tenant_id = ${tenantId} and user_id = ${userId}
    order by asked_at desc, id desc limit ${listed}`.execute(tx);
  const sealed = rows.map(({ id, title }) => ({ place: placeOf(id), value: title }));
  const titles = await openJson<string>(keys, tx, tenantId, sealed, '');
  return rows.map(({ id, asked_at: at }, index) => ({
    id,
    title: titles[index] ?? '',
    askedAt: at.toISOString(),
  }));
}

interface Content {
  readonly question: string;
  readonly events: readonly AnswerEvent[];
}

interface TurnRow {
  readonly id: TurnId;
  readonly content: unknown;
  readonly seen_as: string;
  readonly asked_at: Date;
  readonly feedback: Feedback;
}

async function readTurns(keys: Keys, tx: Tx, scope: Scope, id: ConversationId): Promise<ChatTurn[]> {
  const { tenantId, userId } = scope;
  const known = await sql`select 1 from conversations
    where tenant_id = ${tenantId} and user_id = ${userId} and id = ${id}`.execute(tx);
  if (known.rows.length === 0) throw unknown('conversation');
  const { rows } = await sql<TurnRow>`select * from (
      select id, content, seen_as, asked_at, feedback from conversation_turns
      where tenant_id = ${tenantId} and user_id = ${userId} and conversation_id = ${id}
      order by asked_at desc, id desc limit ${mostTurns}) newest
    order by asked_at, id`.execute(tx);
  const sealed = rows.map((row) => ({ place: contentOf(row.id), value: row.content }));
  const contents = await openJson<Content | null>(keys, tx, tenantId, sealed, null);
  const now = seenAs(scope);
  return rows.map((row, index) => {
    const content = contents[index] ?? null;
    return {
      id: row.id,
      question: content?.question ?? '',
      events: row.seen_as === now ? eventsOf(content) : null,
      askedAt: row.asked_at.toISOString(),
      feedback: row.feedback,
    };
  });
}

/** Pieces of a form that is no longer known are left out. */
const eventsOf = (content: Content | null): AnswerEvent[] =>
  (content?.events ?? []).flatMap((event) => answerEventSchema.safeParse(event).data ?? []);

async function keepTurn(keys: Keys, tx: Tx, scope: Scope, turn: KeptTurn, at: string): Promise<void> {
  const { tenantId, userId } = scope;
  const value: Content = { question: turn.question, events: turn.events };
  const [content] = await sealJson(keys, tx, tenantId, [{ subject: null, place: contentOf(turn.id), value }]);
  await sql`insert into conversation_turns (tenant_id, id, conversation_id, user_id, content, seen_as, asked_at)
    values (${tenantId}, ${turn.id}, ${turn.conversationId}, ${userId}, ${JSON.stringify(content)}::jsonb,
      ${seenAs(scope)}, ${at})`.execute(tx);
  await sql`update conversations set asked_at = ${at}
    where tenant_id = ${tenantId} and user_id = ${userId} and id = ${turn.conversationId}`.execute(tx);
}

function unknown(what: 'conversation' | 'turn'): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: `assistant.${what}_unknown`,
    detail: `There is no such ${what === 'turn' ? 'answer' : what} of yours.`,
  });
}
