import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Expectation } from './needs.ts';
import type { Asker } from './viewers.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** How long a subscription is listened to; what the database holds comes at once. */
const listenMs = 250;

/** Calls one procedure over HTTP as this asker, as any program could. */
export async function call(
  origin: string,
  { cookie }: Asker,
  path: string,
  { kind }: Pick<Expectation, 'kind'>,
  input: unknown,
): Promise<Answer> {
  const headers = { origin, ...(cookie === '' ? {} : { cookie }) };
  if (kind === 'mutation') {
    const body = JSON.stringify(input ?? {});
    const asked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    return read(await fetch(`${origin}/api/trpc/${path}`, asked));
  }
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  if (kind === 'query') return read(await fetch(`${origin}/api/trpc/${path}${search}`, { headers }));
  return listen(`${origin}/api/trpc/${path}${search}`, { ...headers, accept: 'text/event-stream' });
}

export async function read(response: Response): Promise<Answer> {
  return { status: response.status, text: await response.text() };
}

async function listen(url: string, headers: Record<string, string>): Promise<Answer> {
  const ending = new AbortController();
  const response = await fetch(url, { headers, signal: ending.signal });
  if (!response.ok || response.body === null) return read(response);
  let text = '';
  const decoder = new TextDecoder();
  const reading = (async () => {
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true });
  })().catch(() => undefined);
  await Promise.race([reading, sleep(listenMs)]);
  ending.abort();
  await reading;
  // A stream is open before the procedure is asked: its refusal is the first thing in it.
  const refused = /"httpStatus":(\d+)/.exec(text)?.[1];
  return { status: refused === undefined ? response.status : Number(refused), text };
}

/** A live socket that keeps all it is sent; a number = the status with which the door was shut. */
export interface LiveSocket {
  texts: string[];
  close(): void;
}

/** @param from the page that asks; one of our own when absent */
export function openLive(
  origin: string,
  { cookie }: Asker,
  path: string,
  from = origin,
): Promise<LiveSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, {
      headers: { origin: from, ...(cookie === '' ? {} : { cookie }) },
    });
    const texts: string[] = [];
    socket.on('message', (data) => texts.push((data as Buffer).toString()));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
    socket.on('open', () => {
      const params = { path, input: { after: 0 } };
      socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
      resolve({ texts, close: () => socket.terminate() });
    });
  });
}
