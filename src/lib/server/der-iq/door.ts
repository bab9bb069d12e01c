import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import type * as z from 'zod';
import { chatInputSchema, queryInputSchema, type ChatEvent } from '#contracts/screens/ask';
import { authorize, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { queryEvents, type Guarded } from './query.ts';
import { actContextOf, type Context, type CreateContext } from '../context.ts';
import { parseJson, problemOf, readBytes, requireType, write } from '../door/answer.ts';
import { describeFailure, rootCause } from '../failures.ts';
import type { Route } from '../front.ts';
import { headersOf, pathOf } from '../live/upgrade.ts';
import type { Chat } from './chat.ts';

export interface DerIqDoorDeps {
  readonly chat: Chat;
  readonly guard: Guarded;
  readonly createContext: CreateContext;
  readonly ipOf: (request: IncomingMessage) => string | null;
  readonly onError: (error: unknown, place: { readonly path: string; readonly reference: string }) => void;
}

const prefix = '/api/der-iq/';
const bodyLimitBytes = 64 * 1024;

interface Asking {
  readonly scope: Scope;
  readonly context: Context & { readonly session: NonNullable<Context['session']> };
  readonly body: unknown;
  readonly signal: AbortSignal;
}

type Answering = (deps: DerIqDoorDeps, asking: Asking) => AsyncIterable<ChatEvent>;

const paths: Readonly<Record<string, Answering>> = {
  chat: ({ chat }, { scope, context, body, signal }) =>
    chat({ scope, act: actContextOf(context), input: parse(chatInputSchema, body), signal }),
  query: ({ guard }, { scope, body, signal }) =>
    queryEvents(guard, scope, parse(queryInputSchema, body), signal),
};

/** Throws a ZodError, which is told as a malformed request with its places. */
const parse = <T>(schema: z.ZodType<T>, body: unknown): T => schema.parse(body);

/**
 * Answers `POST /api/der-iq/chat` and `/query` for who is signed in, as NDJSON: one `ChatEvent` per line, as soon as there is
 * one. Leaving stops the answer. @returns false when the request is not for it.
 */
export function createDerIqDoor(deps: DerIqDoorDeps): Route {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (!path.startsWith(prefix)) return false;
    let reference = 'none';
    try {
      const answering = paths[path.slice(prefix.length)];
      if (answering === undefined || request.method !== 'POST') throw notHere(answering !== undefined);
      const context = await deps.createContext({
        headers: headersOf(request),
        ip: deps.ipOf(request),
        origin: 'http',
      });
      reference = context.reference;
      const asking = await admit(request, response, context);
      await stream(response, answering(deps, asking));
    } catch (error) {
      const failure = describeFailure(error, reference);
      if (failure.status >= 500) deps.onError(rootCause(error), { path, reference });
      if (!response.headersSent) write(response, problemOf(failure));
      else {
        const { code, message } = failure;
        response.end(line({ type: 'failed', code, message, reference }));
      }
    }
    return true;
  };
}

async function admit(request: IncomingMessage, response: ServerResponse, context: Context): Promise<Asking> {
  const { session } = context;
  if (session === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  const scope = authorizeWatched(context, session);
  requireType(request, ['application/json']);
  const body = parseJson(await readBytes(request, bodyLimitBytes));
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  return { scope, context: { ...context, session }, body, signal: stop.signal };
}

function authorizeWatched({ watch, ip }: Context, session: Asking['context']['session']): Scope {
  try {
    return authorize(session.viewer, 'see', 'any-module');
  } catch (error) {
    watch?.denied({ session, ip, what: 'derIq.ask' });
    throw error;
  }
}

const line = (event: ChatEvent): string => `${JSON.stringify(event)}\n`;

/** The head goes out with the first piece, so that what fails before it has a status of its own. */
async function stream(response: ServerResponse, events: AsyncIterable<ChatEvent>): Promise<void> {
  for await (const event of events) {
    if (!response.headersSent) {
      response.writeHead(200, {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // Proxies that gather an answer before they pass it on.
        'x-accel-buffering': 'no',
      });
    }
    if (response.destroyed) continue;
    if (!response.write(line(event))) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

function notHere(known: boolean): PlumblineError {
  return known
    ? new PlumblineError({
        kind: 'not_allowed',
        code: 'assistant.method_not_allowed',
        detail: 'This path takes POST.',
      })
    : new PlumblineError({
        kind: 'not_found',
        code: 'assistant.path_unknown',
        detail: 'There is no such path.',
      });
}
