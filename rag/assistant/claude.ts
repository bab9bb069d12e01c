import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  type ClientOptions,
} from '@anthropic-ai/sdk';
import type {
  ContentBlock,
  ContentBlockParam,
  Message,
  MessageCreateParamsBase,
  MessageParam,
  Tool,
  Usage,
} from '@anthropic-ai/sdk/resources/messages';
import {
  ModelFailure,
  type FailureReason,
  type LanguageModel,
  type ModelAsk,
  type ModelEnd,
  type ModelEvent,
  type ModelTurn,
  type ModelUsage,
  type ToolCall,
} from './language-model.ts';
import { createPatience } from './patience.ts';

export interface ClaudeOptions {
  readonly apiKey: string;
  readonly model: string;
  /** Undefined: the service's own address. */
  readonly address?: string;
  /** Until the answer begins; and between two pieces of it. */
  readonly timeoutMs: number;
  /** After 408, 409, 429, 5xx and lost connections, with growing pauses or as long as the service says. */
  readonly retries: number;
}

/** Claude by the Messages API, streamed. The only file that knows the SDK. */
export function createClaude({ apiKey, model, address, timeoutMs, retries }: ClaudeOptions): LanguageModel {
  // Everything is said here, so that nothing is picked up from the environment or a profile on the machine.
  const options: ClientOptions = {
    apiKey,
    authToken: null,
    baseURL: address ?? 'https://api.anthropic.com',
    timeout: timeoutMs,
    maxRetries: retries,
    logLevel: 'off',
  };
  const client = new Anthropic(options);
  return {
    name: model,
    ask: (ask) => askClaude(client, toParams(model, ask), { timeoutMs, signal: ask.signal }),
  };
}

interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

async function* askClaude(
  client: Anthropic,
  params: MessageCreateParamsBase,
  { timeoutMs, signal }: Waiting,
): AsyncGenerator<ModelEvent> {
  const patience = createPatience(signal);
  const stream = client.messages.stream(params, { signal: patience.signal });
  // Read below; without this a failure before it would be nobody's.
  stream.done().catch(() => {});
  stream.on('connect', () => patience.start(timeoutMs));
  try {
    for await (const event of stream) {
      patience.start(timeoutMs);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
        yield { type: 'text', delta: event.delta.text };
    }
    yield toEnd(await stream.finalMessage());
  } catch (error) {
    if (error instanceof ModelFailure) throw error;
    const reason = signal?.aborted === true ? 'stopped' : patience.isOver() ? 'too slow' : reasonOf(error);
    throw new ModelFailure(reason, spentOf(stream.currentMessage), error);
  } finally {
    patience.stop();
    if (!stream.ended) stream.abort();
  }
}

function toParams(model: string, ask: ModelAsk): MessageCreateParamsBase {
  const messages = ask.turns.map(toMessage);
  return {
    model,
    max_tokens: ask.maxOutputTokens,
    metadata: { user_id: ask.askerKey },
    tools: ask.tools.map(({ name, description, input }): Tool => ({
      name,
      description,
      input_schema: { ...input, type: 'object' },
    })),
    // Tools come before the system text in the cache: one mark covers both.
    system: [
      { type: 'text', text: ask.prefix, cache_control: { type: 'ephemeral' } },
      { type: 'text', text: ask.about },
    ],
    messages: [...messages.slice(0, -1), ...messages.slice(-1).map(markForCache)],
  };
}

function toMessage(turn: ModelTurn): MessageParam {
  switch (turn.by) {
    case 'asker':
      return { role: 'user', content: [{ type: 'text', text: turn.text }] };
    case 'model':
      return { role: 'assistant', content: [{ type: 'text', text: turn.text }] };
    case 'model as said':
      return { role: 'assistant', content: turn.said as ContentBlockParam[] };
    case 'tools':
      return {
        role: 'user',
        content: turn.results.map(({ id, content, failed }) => ({
          type: 'tool_result' as const,
          tool_use_id: id,
          content,
          is_error: failed,
        })),
      };
  }
}

/** The next round of the same answer reads all of this again. */
function markForCache(message: MessageParam): MessageParam {
  if (message.role !== 'user' || typeof message.content === 'string') return message;
  const last = message.content.at(-1);
  if (last?.type !== 'text' && last?.type !== 'tool_result') return message;
  const marked = { ...last, cache_control: { type: 'ephemeral' as const } };
  return { role: 'user', content: [...message.content.slice(0, -1), marked] };
}

const ends: Readonly<Record<string, ModelEnd>> = {
  end_turn: 'finished',
  stop_sequence: 'finished',
  tool_use: 'wants tools',
  max_tokens: 'too long',
  model_context_window_exceeded: 'too long',
  refusal: 'declined',
};

function toEnd({ content, stop_reason: reason, usage }: Message): ModelEvent {
  const end = ends[reason ?? ''];
  // A connection that ends in the middle leaves a message without a reason.
  if (end === undefined) throw new ModelFailure('malformed', toUsage(usage));
  return { type: 'end', end, calls: content.flatMap(toCall), said: content, usage: toUsage(usage) };
}

const toCall = (block: ContentBlock): ToolCall[] =>
  block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [];

function toUsage(usage: Usage): ModelUsage {
  const cachedTokens = usage.cache_read_input_tokens ?? 0;
  const cacheWriteTokens = usage.cache_creation_input_tokens ?? 0;
  return {
    inputTokens: (usage.input_tokens ?? 0) + cachedTokens + cacheWriteTokens,
    outputTokens: usage.output_tokens ?? 0,
    cachedTokens,
    cacheWriteTokens,
  };
}

/** Output is told at the end; what was written until then is counted by its length, rather too much than too little. */
function spentOf(message: Message | undefined): ModelUsage | null {
  if (message === undefined) return null;
  const written = message.content.map((block) =>
    block.type === 'text' ? block.text : JSON.stringify(block),
  );
  const outputTokens = Math.ceil(written.join('').length / 3);
  const usage = toUsage(message.usage);
  return { ...usage, outputTokens: Math.max(usage.outputTokens, outputTokens) };
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof APIUserAbortError) return 'stopped';
  if (error instanceof APIConnectionTimeoutError) return 'too slow';
  if (error instanceof APIConnectionError) return 'unreachable';
  if (!(error instanceof APIError)) return 'malformed';
  // In the middle of a stream there is a type and no status.
  if (error.status === 529 || error.type === 'overloaded_error') return 'overloaded';
  if (error.status === 429 || error.type === 'rate_limit_error') return 'limited';
  if (error.status === 401 || error.status === 403) return 'not admitted';
  if (error.status !== undefined && error.status < 500) return 'rejected';
  return 'unreachable';
}
