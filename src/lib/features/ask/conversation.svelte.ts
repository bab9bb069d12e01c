import type { AnswerEvent } from '#contracts/der-iq';
import type { Id } from '#contracts/ids';
import type { ChatEvent, ChatTurn, Feedback } from '#contracts/screens/ask';
import { askInWords, type AskFailure } from './asking.ts';

/** A question on the screen, with what has come of it so far. */
export interface ShownTurn {
  id: Id<'conversationTurn'> | null;
  readonly question: string;
  /** Null: kept, but no longer shown. */
  events: AnswerEvent[] | null;
  feedback: Feedback;
  state: 'running' | 'done' | 'stopped' | 'failed';
  failure: AskFailure | null;
}

type KeepFeedback = (turnId: Id<'conversationTurn'>, feedback: Feedback) => Promise<void>;

export interface ConversationStart {
  readonly id: Id<'conversation'> | null;
  readonly turns: readonly ChatTurn[];
  /** A new conversation has got its id. */
  onStarted(id: Id<'conversation'>): void;
  /** A question is over, whatever came of it. */
  onEnded(): void;
}

/** A conversation as the screen has it: what was, what is asked now, and how to stop it. */
export function createConversation({ id: first, turns: before, onStarted, onEnded }: ConversationStart) {
  let id = $state(first);
  let controller: AbortController | null = null;
  let running = $state(false);
  const turns = $state<ShownTurn[]>(before.map(shownOf));

  function take(turn: ShownTurn, event: ChatEvent): void {
    if (event.type === 'failed') return;
    if (event.type !== 'started') {
      turn.events?.push(event);
      return;
    }
    turn.id = event.turnId;
    if (id === null) onStarted(event.conversationId);
    id = event.conversationId;
  }

  return {
    get turns(): readonly ShownTurn[] {
      return turns;
    },
    /** Null until the first question was taken. */
    get id(): Id<'conversation'> | null {
      return id;
    },
    get running(): boolean {
      return running;
    },
    async ask(question: string): Promise<void> {
      if (running || question.trim() === '') return;
      turns.push({ id: null, question, events: [], feedback: null, state: 'running', failure: null });
      const turn = turns.at(-1);
      if (turn === undefined) return;
      const own = new AbortController();
      controller = own;
      running = true;
      const failure = await askInWords(
        { conversationId: id, question },
        (event) => take(turn, event),
        own.signal,
      );
      turn.failure = failure;
      turn.state = failure === null ? (own.signal.aborted ? 'stopped' : 'done') : 'failed';
      running = false;
      onEnded();
    },
    rate: (turn: ShownTurn, wanted: 1 | -1, keep: KeepFeedback): Promise<void> =>
      rateTurn(turns, turn, wanted, keep),
    stop(): void {
      controller?.abort();
    },
    /** Begins anew; what runs is stopped. */
    clear(): void {
      controller?.abort();
      id = null;
      turns.length = 0;
    },
  };
}

/** Says what the asker thinks of an answer, and takes it back when it could not be kept. */
async function rateTurn(
  turns: ShownTurn[],
  { id }: ShownTurn,
  wanted: 1 | -1,
  keep: KeepFeedback,
): Promise<void> {
  const shown = turns.find((turn) => turn.id === id);
  if (shown === undefined || id === null) return;
  const before = shown.feedback;
  shown.feedback = before === wanted ? null : wanted;
  try {
    await keep(id, shown.feedback);
  } catch (error) {
    shown.feedback = before;
    throw error;
  }
}

const shownOf = ({ id, question, events, feedback }: ChatTurn): ShownTurn => ({
  id,
  question,
  events,
  feedback,
  state: 'done',
  failure: null,
});
