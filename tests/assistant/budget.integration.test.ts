import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AnswerEvent } from '#contracts/der-iq';
import { authorize, type Scope } from '#domain/identity';
import { viewer } from '../../src/lib/server/testing.ts';
import {
  answer,
  breaksOff,
  calls,
  openMessagesApi,
  says,
  send,
  type MessagesApi,
} from '../support/messages-api.ts';
import { openWorld, type World } from '../support/world.ts';
import type { Answerer } from '../../rag/answerer.ts';
import { createAssistant } from '../../rag/assistant/assistant.ts';
import { costOf, mostOf, type BudgetLimits } from '../../rag/assistant/budget.ts';
import { createBudget } from '../../rag/assistant/budget.postgres.ts';
import { createClaude } from '../../rag/assistant/claude.ts';
import type { ModelFailure } from '../../rag/assistant/language-model.ts';
import { drafts } from '../../rag/assistant/tools/drafts.ts';

let world: World;
let api: MessagesApi;
let scope: Scope;
beforeAll(async () => {
  [world, api] = await Promise.all([openWorld(), openMessagesApi()]);
  scope = authorize(viewer(world.tenantId, { role: 'DER' }), 'see', 'any-module');
});
afterAll(() => Promise.all([world.close(), api.close()]));
afterEach(() => world.postgres.asSystem((tx) => sql`delete from assistant_spending`.execute(tx)));

const prices = { input: 3, output: 15 };
const plenty = { tokensPerDay: 1_000_000, microUsdPerDay: 10_000_000 };
const spent = async () => {
  const { rows } = await world.postgres.asSystem((tx) =>
    sql<{ tokens: string; micro_usd: string }>`select tokens, micro_usd from assistant_spending`.execute(tx),
  );
  return rows.map(({ tokens, micro_usd: microUsd }) => [Number(tokens), Number(microUsd)]);
};
const budgetOf = (limits: BudgetLimits) => createBudget({ ...world, limits });

test('many at once take no more than the day has, and what is given back can be taken again', async () => {
  const budget = budgetOf({ tokensPerDay: 1000, microUsdPerDay: 1_000_000 });
  const most = { tokens: 300, microUsd: 10 };
  const taken = await Promise.all(Array.from({ length: 10 }, () => budget.reserve(world.tenantId, most)));
  const held = taken.filter((one) => one !== null);
  expect(held).toHaveLength(3);
  await held[0]?.settle({ tokens: 20, microUsd: 1 });
  expect(await spent()).toEqual([[620, 21]]);
  expect(await budget.reserve(world.tenantId, most)).not.toBeNull();
  expect(await budget.reserve(world.tenantId, most)).toBeNull();
});

test('the limit in dollars holds too, also for the first question of a day, and the next day begins anew', async () => {
  const budget = budgetOf({ tokensPerDay: 1_000_000, microUsdPerDay: 100 });
  expect(await budget.reserve(world.tenantId, { tokens: 1, microUsd: 101 })).toBeNull();
  expect(await budget.reserve(world.tenantId, { tokens: 1, microUsd: 60 })).not.toBeNull();
  expect(await budget.reserve(world.tenantId, { tokens: 1, microUsd: 60 })).toBeNull();
  world.clock.advanceMs(24 * 3_600_000);
  expect(await budget.reserve(world.tenantId, { tokens: 1, microUsd: 60 })).not.toBeNull();
});

test('costs: the cache is read for a tenth and written for a quarter more', () => {
  const usage = { inputTokens: 1000, cachedTokens: 600, cacheWriteTokens: 200, outputTokens: 100 };
  expect(costOf(usage, prices)).toEqual({ tokens: 1100, microUsd: (200 + 250 + 60) * 3 + 1500 });
  const ask = {
    prefix: 'x'.repeat(3000),
    tools: [],
    about: '',
    turns: [],
    maxOutputTokens: 10,
    askerKey: '',
  };
  expect(mostOf(ask, prices).tokens).toBeGreaterThan(1000);
});

const fallback: Answerer = async function* offline() {
  yield { type: 'text', delta: 'Offline.' };
  yield { type: 'done', family: 'offline', tookMs: 0 };
};

function assistantOf(limits: BudgetLimits, failures: ModelFailure[] = []): Answerer {
  const [draft] = drafts();
  if (draft === undefined) throw new Error('no tool');
  const claude = { apiKey: 'k', model: 'm', address: api.address, timeoutMs: 2000, retries: 0 };
  return createAssistant({
    model: createClaude(claude),
    tools: { offers: [], run: (call, asked) => draft.call(call.input, asked) },
    budget: budgetOf(limits),
    prices,
    fallback,
    clock: world.clock,
    onFailure: (failure) => failures.push(failure),
  });
}

async function read(answerer: Answerer): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = [];
  for await (const event of answerer({ scope, question: 'Who?', history: [] })) events.push(event);
  return events;
}
const wordsOf = (events: readonly AnswerEvent[]) =>
  events.flatMap((event) => (event.type === 'text' ? [event.delta] : [])).join('');

test('an answer costs what its requests came to', async () => {
  api.script(answer([calls('draft_rule', { title: 'One', body: 'Two words' })]), answer([says('There.')]));
  const events = await read(assistantOf(plenty));
  expect(events.at(-1)).toMatchObject({ type: 'done', usage: { inputTokens: 200, outputTokens: 100 } });
  expect(await spent()).toEqual([[300, 200 * 3 + 100 * 15]]);
});

test('when the day’s allowance is used up nothing is sent, and the offline answer says why', async () => {
  const before = api.requests.length;
  const failures: ModelFailure[] = [];
  const events = await read(assistantOf({ tokensPerDay: 1000, microUsdPerDay: 10_000_000 }, failures));
  expect(wordsOf(events)).toMatch(/today’s allowance is used up.*Offline\./s);
  expect(events.at(-1)).toMatchObject({ family: 'offline' });
  expect(failures.map(({ reason }) => reason)).toEqual(['used up']);
  expect(api.requests).toHaveLength(before);
});

test('what broke off is paid as far as it came, and answered anew without the model', async () => {
  const error = { error: { type: 'overloaded_error', message: 'later' } };
  api.script(breaksOff('Two are', (response) => (send(response, 'error', error), response.end())));
  expect(wordsOf(await read(assistantOf(plenty)))).toMatch(/^Two are.*did not finish.*Offline\.$/s);
  expect(await spent()).toEqual([[103, 100 * 3 + 3 * 15]]);
});

test('a model that never comes to an end is ended', async () => {
  const forever = Array.from({ length: 20 }, () =>
    answer([calls('draft_rule', { title: 'One', body: 'Two words' })]),
  );
  const before = api.requests.length;
  api.script(...forever);
  expect(wordsOf(await read(assistantOf(plenty)))).toContain('took too many steps');
  expect(api.requests.length - before).toBe(8);
});
