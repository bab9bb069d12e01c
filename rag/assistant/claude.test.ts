import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  answer,
  breaksOff,
  calls,
  failure,
  openMessagesApi,
  says,
  send,
  thinks,
  type MessagesApi,
} from '../../tests/support/messages-api.ts';
import { createClaude } from './claude.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ModelFailure, type ModelAsk, type ModelEvent } from './language-model.ts';

let api: MessagesApi;
beforeAll(async () => {
  api = await openMessagesApi();
});
afterAll(() => api.close());
beforeEach(() => {
  api.requests.length = 0;
});

const ask: ModelAsk = {
  prefix: 'You are tested.',
  tools: [{ name: 'look', description: 'Looks.', input: { type: 'object', properties: {} } }],
  about: 'It is Friday.',
  turns: [{ by: 'asker', text: 'What is red?' }],
  maxOutputTokens: 100,
  askerKey: 'k',
};

const claude = (timeoutMs = 5000, retries = 2) =>
  createClaude({ apiKey: 'key of the test', model: 'claude-test', address: api.address, timeoutMs, retries });

async function read(
  events: AsyncIterable<ModelEvent>,
): Promise<{ text: string; end: ModelEvent | undefined }> {
  let text = '';
  let end: ModelEvent | undefined;
  for await (const event of events) {
    if (event.type === 'text') text += event.delta;
    else end = event;
  }
  return { text, end };
}

const reasonOf = (events: AsyncIterable<ModelEvent>) =>
  read(events).then(
    () => 'no failure',
    (error: unknown) => (error instanceof ModelFailure ? error.reason : error),
  );

describe('a request', () => {
  test('carries key, version, prefix and tools with their marks for the cache, and who asks as a key', async () => {
    api.script(answer([says('Two are red.')]));
    const { text, end } = await read(claude().ask(ask));
    expect(text).toBe('Two are red.');
    expect(end).toMatchObject({ end: 'finished', calls: [] });
    const [request] = api.requests;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key of the test',
      'anthropic-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
    });
    const { body } = request ?? {};
    expect(body).toMatchObject({
      model: 'claude-test',
      stream: true,
      max_tokens: 100,
      metadata: { user_id: 'k' },
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      system: [{ text: 'You are tested.', cache_control: { type: 'ephemeral' } }, { text: 'It is Friday.' }],
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'What is red?', cache_control: { type: 'ephemeral' } }],
        },
      ],
    });
    expect(body?.system[1]).not.toHaveProperty('cache_control');
  });

  test('gives back what the model said as it said it, thinking with its signature, and the results of its calls', async () => {
    api.script(answer([thinks('hm'), calls('look', { at: 'flags' }, 'toolu_1')]), answer([says('Done.')]));
    const { end } = await read(claude().ask(ask));
    if (end?.type !== 'end') throw new Error('no end');
    expect(end).toMatchObject({
      end: 'wants tools',
      calls: [{ id: 'toolu_1', name: 'look', input: { at: 'flags' } }],
    });
    const results = [{ id: 'toolu_1', content: '{"data":1}', failed: true }];
    await read(
      claude().ask({
        ...ask,
        turns: [...ask.turns, { by: 'model as said', said: end.said }, { by: 'tools', results }],
      }),
    );
    expect(api.requests[1]?.body.messages.slice(1)).toMatchObject([
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'signed' },
          { type: 'tool_use', id: 'toolu_1', input: { at: 'flags' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', is_error: true }] },
    ]);
  });

  test('counts what was read from the cache and written to it', async () => {
    api.script(answer([says('x')], { cacheRead: 700, cacheWritten: 30 }));
    const { end } = await read(claude().ask(ask));
    expect(end).toMatchObject({
      usage: { inputTokens: 830, outputTokens: 50, cachedTokens: 700, cacheWriteTokens: 30 },
    });
  });
});

describe('a failure', () => {
  test('that passes is not seen: 529, then 429, then an answer', async () => {
    api.script(
      failure(529, 'overloaded_error'),
      failure(429, 'rate_limit_error'),
      answer([says('At last.')]),
    );
    expect((await read(claude().ask(ask))).text).toBe('At last.');
    expect(api.requests).toHaveLength(3);
  });

  test.each([
    [529, 'overloaded_error', 'overloaded', 3],
    [429, 'rate_limit_error', 'limited', 3],
    [500, 'api_error', 'unreachable', 3],
    [401, 'authentication_error', 'not admitted', 1],
    [400, 'invalid_request_error', 'rejected', 1],
  ])('%i %s is told as "%s" after %i requests', async (status, type, reason, requests) => {
    api.script(...Array.from({ length: requests }, () => failure(status, type)));
    expect(await reasonOf(claude().ask(ask))).toBe(reason);
    expect(api.requests).toHaveLength(requests);
  });

  test('in the middle of the stream is told by its type, with what was spent', async () => {
    const error = { error: { type: 'overloaded_error', message: 'later' } };
    api.script(breaksOff('Two are', (response) => (send(response, 'error', error), response.end())));
    const failed = await read(claude().ask(ask)).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ reason: 'overloaded', usage: { inputTokens: 100, outputTokens: 3 } });
  });

  test('a stream that ends early, and one that is no JSON, are malformed', async () => {
    api.script(breaksOff('Two are', (response) => response.end()));
    expect(await reasonOf(claude().ask(ask))).toBe('malformed');
    api.script(
      breaksOff('Two are', (response) =>
        response.end('event: content_block_delta\ndata: {"type": nonsense\n\n'),
      ),
    );
    expect(await reasonOf(claude().ask(ask))).toBe('malformed');
  });

  test('a stream that says no more is given up', async () => {
    api.script(breaksOff('Two are', () => {}));
    expect(await reasonOf(claude(60, 0).ask(ask))).toBe('too slow');
  });

  test('a service that never answers is given up, and one that is not there is unreachable', async () => {
    api.script(() => {});
    expect(await reasonOf(claude(60, 0).ask(ask))).toBe('too slow');
    const nowhere = { apiKey: 'k', model: 'm', address: 'http://127.0.0.1:9', timeoutMs: 500, retries: 0 };
    expect(await reasonOf(createClaude(nowhere).ask(ask))).toBe('unreachable');
  });

  test('stopping ends the connection', async () => {
    const stop = new AbortController();
    const before = api.abandoned();
    api.script(breaksOff('Two are', () => setTimeout(() => stop.abort(), 20)));
    expect(await reasonOf(claude().ask({ ...ask, signal: stop.signal }))).toBe('stopped');
    await expect.poll(() => api.abandoned()).toBe(before + 1);
  });
});

test('the fingerprint is of the words and tools that the service keeps, and of nothing else', () => {
  const same = { ...ask, about: 'It is Saturday.', askerKey: 'other' };
  expect(fingerprintOf(same)).toBe(fingerprintOf(ask));
  expect(fingerprintOf({ ...ask, prefix: 'You are.' })).not.toBe(fingerprintOf(ask));
});
