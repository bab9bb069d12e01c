import { createHash } from 'node:crypto';
import type { AnswerEvent } from '#contracts/der-iq';
import type { Clock } from '#platform/clock';
import type { Answerer, Asked } from '../answerer.ts';
import { costOf, mostOf, type Budget, type Prices } from './budget.ts';
import {
  ModelFailure,
  type LanguageModel,
  type ModelAsk,
  type ModelEvent,
  type ModelTurn,
  type ModelUsage,
  type ToolCall,
  type ToolResult,
} from './language-model.ts';
import { promptAbout, promptPrefix } from './prompt.ts';
import type { ToolOutcome } from './tools/tool.ts';
import type { Tools } from './tools/tools.ts';

export interface AssistantDeps {
  readonly model: LanguageModel;
  readonly tools: Tools;
  readonly budget: Budget;
  readonly prices: Prices;
  /** Answers when the model does not. */
  readonly fallback: Answerer;
  readonly clock: Clock;
  /** Told why the model did not answer, for the log. */
  readonly onFailure: (failure: ModelFailure) => void;
}

/** Of one answer. */
const most = { rounds: 8, calls: 16, outputTokens: 2000, turns: 12 };

type Done = Extract<AnswerEvent, { type: 'done' }>;
const none: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };

/** What one answer has come to so far. */
interface Progress {
  usage: ModelUsage;
  calls: number;
  /** Something was shown that the words can rest on. */
  grounded: boolean;
  said: boolean;
}

/**
 * An answerer by a model with tools. What the model asks for is done in the asker's name and passes the same walls as
 * if the asker had asked for it. When the model fails, the fallback answers, and the answer says so.
 */
export function createAssistant(deps: AssistantDeps): Answerer {
  const prefix = promptPrefix();
  return async function* answer(asked) {
    const startMs = deps.clock.nowMs();
    const progress: Progress = { usage: none, calls: 0, grounded: false, said: false };
    const done = (): Done => doneOf(deps.clock.nowMs() - startMs, progress.usage);
    try {
      yield* converse(deps, prefix, asked, progress);
      if (progress.said && !progress.grounded) yield { type: 'text', delta: unfounded };
      yield done();
    } catch (error) {
      if (asked.signal?.aborted === true) return yield done();
      if (!(error instanceof ModelFailure)) throw error;
      deps.onFailure(error);
      yield { type: 'text', delta: apology(error, progress.said) };
      yield* deps.fallback(asked);
    }
  };
}

const unfounded = '\n\n*No data and no text was looked at for this answer.*';

const apology = ({ message }: ModelFailure, said: boolean): string =>
  `${said ? '\n\n' : ''}*The language model did not finish: ${message}. This answer was made without it.*\n\n`;

function doneOf(tookMs: number, { inputTokens, outputTokens, cachedTokens }: ModelUsage): Done {
  const usage = { inputTokens, outputTokens, cachedTokens };
  return { type: 'done', family: 'model', tookMs: Math.max(0, tookMs), usage };
}

async function* converse(
  deps: AssistantDeps,
  prefix: string,
  asked: Asked,
  progress: Progress,
): AsyncGenerator<AnswerEvent> {
  const turns = turnsOf(asked);
  for (let round = 0; round < most.rounds; round += 1) {
    const ask = { ...askOf(deps, prefix, asked), turns };
    const end = yield* oneRound(deps, ask, asked, progress);
    if (end.end === 'declined') return yield { type: 'cannot', words: declined, can: [] };
    if (end.end === 'too long') return yield { type: 'text', delta: ' … *(cut off at the longest answer)*' };
    if (end.end === 'finished') return;
    const results: ToolResult[] = [];
    for (const call of end.calls) {
      const outcome = await runCall(deps, call, asked, progress);
      yield* outcome.shown;
      if (outcome.ends === true) return;
      results.push(toResult(call, outcome));
    }
    turns.push({ by: 'model as said', said: end.said }, { by: 'tools', results });
  }
  yield {
    type: 'text',
    delta: '\n\n*The question took too many steps. What was found until here stands above.*',
  };
}

const declined = 'The language model declined to answer this question.';

/** Streams one request's words on; what it spent is settled whatever comes of it. */
async function* oneRound(
  { model, budget, prices }: AssistantDeps,
  ask: ModelAsk,
  { scope }: Asked,
  progress: Progress,
): AsyncGenerator<AnswerEvent, Extract<ModelEvent, { type: 'end' }>> {
  const reservation = await budget.reserve(scope.tenantId, mostOf(ask, prices));
  if (reservation === null) throw new ModelFailure('used up');
  // Stays unknown when nobody reads on: then all that was reserved counts as spent.
  let usage: ModelUsage | null = null;
  try {
    for await (const event of model.ask(ask)) {
      if (event.type === 'end') {
        usage = event.usage;
        return event;
      }
      progress.said = true;
      yield { type: 'text', delta: event.delta };
    }
    throw new ModelFailure('malformed');
  } catch (error) {
    usage = (error instanceof ModelFailure ? error.usage : null) ?? none;
    throw error;
  } finally {
    if (usage !== null) {
      progress.usage = sum(progress.usage, usage);
      await reservation.settle(costOf(usage, prices));
    }
  }
}

async function runCall(
  { tools }: AssistantDeps,
  call: ToolCall,
  asked: Asked,
  progress: Progress,
): Promise<ToolOutcome> {
  progress.calls += 1;
  if (progress.calls > most.calls) return { told: { wrong: 'No more calls.' }, shown: [], failed: true };
  const outcome = await tools.run(call, asked);
  progress.grounded ||= outcome.shown.length > 0 || outcome.failed !== true;
  return outcome;
}

/** As JSON, so that no text in it can look like the end of the data. */
function toResult({ id }: ToolCall, { told, failed }: ToolOutcome): ToolResult {
  return { id, content: JSON.stringify({ data: told }), failed: failed === true };
}

function askOf(
  { tools, clock }: AssistantDeps,
  prefix: string,
  { scope, signal }: Asked,
): Omit<ModelAsk, 'turns'> {
  return {
    prefix,
    tools: tools.offers,
    about: promptAbout(scope, clock.now()),
    maxOutputTokens: most.outputTokens,
    askerKey: createHash('sha256').update(`${scope.tenantId} ${scope.userId}`).digest('hex'),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Empty texts are refused by the service, and it wants the asker to begin. */
function turnsOf({ history, question }: Asked): ModelTurn[] {
  const before = history.filter(({ text }) => text.trim() !== '').slice(-most.turns);
  const first = before.findIndex(({ by }) => by === 'asker');
  const kept = first < 0 ? [] : before.slice(first);
  const turns = kept.map(({ by, text }): ModelTurn => ({ by: by === 'asker' ? 'asker' : 'model', text }));
  return [...turns, { by: 'asker', text: question }];
}

const sum = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
});
