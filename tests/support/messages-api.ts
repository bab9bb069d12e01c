import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came, headers and all. */
export interface MessagesRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly stream: boolean;
    readonly metadata: { readonly user_id: string };
    readonly system: readonly { readonly text: string; readonly cache_control?: object }[];
    readonly tools: readonly { readonly name: string; readonly input_schema: object }[];
    readonly messages: readonly {
      readonly role: string;
      readonly content: readonly Record<string, unknown>[];
    }[];
  };
}

/** Writes one answer. */
export type Reply = (response: ServerResponse, request: MessagesRequest) => void;

export interface MessagesApi {
  readonly address: string;
  readonly requests: MessagesRequest[];
  /** Answers of the requests to come, in order; without one left it answers 500. */
  script(...replies: Reply[]): void;
  /** Connections that the client gave up before their end. */
  readonly abandoned: () => number;
  close(): Promise<void>;
}

/** A server on this machine that speaks the Messages API (https://docs.anthropic.com/en/api/messages-streaming), scripted. */
export async function openMessagesApi(): Promise<MessagesApi> {
  const replies: Reply[] = [];
  const requests: MessagesRequest[] = [];
  let abandoned = 0;
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    void readJson(request).then((body) => {
      const received = {
        path: request.url ?? '',
        headers: request.headers,
        body: body as MessagesRequest['body'],
      };
      requests.push(received);
      (replies.shift() ?? failure(500, 'api_error'))(response, received);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...more) => void replies.push(...more),
    abandoned: () => abandoned,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export const says = (text: string): Block => ({ type: 'text', text });
export const thinks = (thinking: string): Block => ({ type: 'thinking', thinking, signature: 'signed' });
export const calls = (name: string, input: unknown, id = `toolu_${name}`): Block => ({
  type: 'tool_use',
  id,
  name,
  input,
});

export interface Ending {
  /** `end_turn`, or `tool_use` when a tool is called. */
  readonly stop?: string;
  readonly cacheRead?: number;
  readonly cacheWritten?: number;
}

/** A whole answer, streamed in small pieces. */
export function answer(blocks: readonly Block[], ending: Ending = {}): Reply {
  return (response) => {
    open(response, ending);
    blocks.forEach((block, index) => writeBlock(response, block, index));
    const stop = ending.stop ?? (blocks.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn');
    send(response, 'message_delta', {
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: 50 },
    });
    send(response, 'message_stop', {});
    response.end();
  };
}

/** Begins to say something, and then does what is given. */
export function breaksOff(text: string, then: (response: ServerResponse) => void): Reply {
  return (response) => {
    open(response, {});
    send(response, 'content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    send(response, 'content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
    then(response);
  };
}

/** An event of the stream. */
export function send(response: ServerResponse, event: string, data: object): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`);
}

/** An error before the stream. A pause of one millisecond is asked for, so that tests do not wait. */
export function failure(status: number, type: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type, message: `${type} of the test` } }));
  };
}

function open(response: ServerResponse, { cacheRead = 0, cacheWritten = 0 }: Ending): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_test' });
  const usage = {
    input_tokens: 100,
    output_tokens: 1,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWritten,
  };
  const message = { id: 'msg_test', type: 'message', role: 'assistant', model: 'test', content: [] };
  send(response, 'message_start', {
    message: { ...message, stop_reason: null, stop_sequence: null, usage },
  });
  send(response, 'ping', {});
}

const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];

function writeBlock(response: ServerResponse, block: Block, index: number): void {
  const deltas = {
    text: () => pieces(block.type === 'text' ? block.text : '').map((text) => ({ type: 'text_delta', text })),
    thinking: () =>
      block.type === 'thinking'
        ? [
            { type: 'thinking_delta', thinking: block.thinking },
            { type: 'signature_delta', signature: block.signature },
          ]
        : [],
    tool_use: () =>
      pieces(JSON.stringify(block.type === 'tool_use' ? block.input : {})).map((partial) => ({
        type: 'input_json_delta',
        partial_json: partial,
      })),
  };
  const empty = { text: { text: '' }, thinking: { thinking: '', signature: '' }, tool_use: { input: {} } };
  send(response, 'content_block_start', { index, content_block: { ...block, ...empty[block.type] } });
  for (const delta of deltas[block.type]()) send(response, 'content_block_delta', { index, delta });
  send(response, 'content_block_stop', { index });
}
