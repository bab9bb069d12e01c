import type { AnswerEvent, Turn } from '#contracts/der-iq';
import type { Scope } from '#domain/identity';

/** A question to the assistant. */
export interface Asked {
  /** Whose rows, modules and documents the answer may be made of. */
  readonly scope: Scope;
  readonly question: string;
  /** The conversation so far, oldest first, without this question. */
  readonly history: readonly Turn[];
  readonly signal?: AbortSignal;
}

/**
 * Answers a question, piece by piece; the last piece is `done`. What cannot be answered, or may not be, is said in a
 * piece and does not throw; a lost engine throws.
 */
export type Answerer = (asked: Asked) => AsyncIterable<AnswerEvent>;
