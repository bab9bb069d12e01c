/** A function that the model may ask for. `input` is JSON Schema. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the model asked for. The input is whatever it wrote, not checked. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ToolResult {
  readonly id: string;
  readonly content: string;
  /** The call went wrong; the model may try another. */
  readonly failed: boolean;
}

export type ModelTurn =
  | { readonly by: 'asker'; readonly text: string }
  /** An answer given before. */
  | { readonly by: 'model'; readonly text: string }
  /** What the model said in this answer, as its own service wants it back. */
  | { readonly by: 'model as said'; readonly said: unknown }
  | { readonly by: 'tools'; readonly results: readonly ToolResult[] };

export interface ModelUsage {
  /** All tokens read, those of the cache among them. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Read from the cache of the service. */
  readonly cachedTokens: number;
  /** Written to it. */
  readonly cacheWriteTokens: number;
}

export interface ModelAsk {
  /** The same for all askers, so that the service can keep it: see `fingerprintOf`. */
  readonly prefix: string;
  readonly tools: readonly ToolOffer[];
  /** What is so for this asker and today. */
  readonly about: string;
  readonly turns: readonly ModelTurn[];
  readonly maxOutputTokens: number;
  /** Names the asker to the service without telling who it is. */
  readonly askerKey: string;
  readonly signal?: AbortSignal;
}

export type ModelEnd = 'finished' | 'wants tools' | 'too long' | 'declined';

export type ModelEvent =
  | { readonly type: 'text'; readonly delta: string }
  /** Always last. */
  | {
      readonly type: 'end';
      readonly end: ModelEnd;
      readonly calls: readonly ToolCall[];
      readonly said: unknown;
      readonly usage: ModelUsage;
    };

/** A model that writes and asks for tools. Throws `ModelFailure`, whatever went wrong on its side. */
export interface LanguageModel {
  readonly name: string;
  ask(ask: ModelAsk): AsyncIterable<ModelEvent>;
}

/** Why there is no answer, in words for the asker. */
export const failureWords = {
  overloaded: 'it is overloaded',
  limited: 'it takes no more requests for now',
  'too slow': 'it did not answer in time',
  unreachable: 'it could not be reached',
  'not admitted': 'it does not accept this installation’s key',
  malformed: 'its answer could not be read',
  rejected: 'it rejected the request',
  'used up': 'today’s allowance is used up',
  stopped: 'the answer was stopped',
} as const;

export type FailureReason = keyof typeof failureWords;

/** The model did not answer. `usage` counts what was spent until then, where that is known. */
export class ModelFailure extends Error {
  readonly reason: FailureReason;
  readonly usage: ModelUsage | null;

  constructor(reason: FailureReason, usage: ModelUsage | null = null, cause?: unknown) {
    super(failureWords[reason], { cause });
    this.name = 'ModelFailure';
    this.reason = reason;
    this.usage = usage;
  }
}
