import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, RunOnce } from '#domain/api-access';
import type { ActContext } from '#domain/audit';
import { PlumblineError } from '#platform/errors';
import type { Context } from '../context.ts';
import { parseJson, problemOf, readBytes, requireType, write, type Answer } from '../door/answer.ts';
import { Refused, type Admit } from '../door/guard.ts';
import { describeFailure, rootCause } from '../failures.ts';
import type { Route } from '../front.ts';
import { pathOf } from '../live/upgrade.ts';
import { apiPrefix, matchOperation, type Operation } from './operations.ts';
import { fieldsOf, isPlainText, objectSchemaOf, pickFields, readParameters } from './parameters.ts';
import type { RestApi } from './router.ts';

export interface RestHttpDeps {
  readonly admit: Admit;
  readonly caller: (context: Context) => RestApi;
  readonly runOnce: RunOnce;
  /** Answers that need no key: the document, its page, tokens. Null = not one of them. */
  readonly open: (request: IncomingMessage, path: string, ip: string | null) => Promise<Answer | null>;
  readonly newReference: () => string;
  readonly ipOf: (request: IncomingMessage) => string | null;
  readonly onError: (error: unknown, place: { readonly path: string; readonly reference: string }) => void;
}

interface Asked {
  readonly request: IncomingMessage;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly context: Context;
  readonly caller: Caller;
}

const bodyLimitBytes = 256 * 1024;

/** Answers `/api/v1/*`. @returns false when the request is not for it. */
export function createRestHttp(deps: RestHttpDeps): Route {
  async function answer(request: IncomingMessage, path: string, reference: string): Promise<Answer> {
    const ip = deps.ipOf(request);
    const open = await deps.open(request, path, ip);
    if (open !== null) return open;
    const { caller, limits } = await deps.admit(request, ip);
    const context: Context = {
      session: { sessionId: caller.client.id, viewer: caller.viewer },
      reference,
      ip,
      userAgent: request.headers['user-agent'] ?? null,
      origin: 'http',
    };
    const { searchParams: search } = new URL(request.url ?? '/', 'http://localhost');
    const given = await operate(deps, { request, path, search, context, caller }).catch((error: unknown) =>
      failed(deps, error, path, reference),
    );
    return { ...given, headers: { ...limits, ...given.headers } };
  }

  return async function handleRest(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (path !== apiPrefix && !path.startsWith(`${apiPrefix}/`)) return false;
    const reference = deps.newReference();
    const below = path.slice(apiPrefix.length);
    const given = await answer(request, below, reference).catch((error: unknown) =>
      failed(deps, error, path, reference),
    );
    write(response, given);
    return true;
  };
}

function failed(
  { onError }: Pick<RestHttpDeps, 'onError'>,
  error: unknown,
  path: string,
  reference: string,
): Answer {
  const refused = error instanceof Refused;
  const failure = describeFailure(refused ? error.cause : error, reference);
  if (failure.status >= 500) onError(rootCause(error), { path, reference });
  const problem = problemOf(failure);
  return refused ? { ...problem, headers: { ...problem.headers, ...error.headers } } : problem;
}

async function operate(deps: RestHttpDeps, asked: Asked): Promise<Answer> {
  const { request, path } = asked;
  const found = matchOperation(request.method ?? 'GET', path);
  if (found === null) throw unknownPath();
  if ('methods' in found) return notAllowed(asked, found.methods);
  if (!isPlainText([...asked.search].flat())) throw unreadable();
  const { operation, parameters } = found;
  if (operation.method === 'POST') return change(deps, asked, operation);
  return read(deps, asked, operation, parameters);
}

async function read(
  deps: RestHttpDeps,
  { request, search, context }: Asked,
  operation: Operation,
  inPath: Record<string, string>,
): Promise<Answer> {
  const given = new URLSearchParams(search);
  const fields = given.get('fields') ?? undefined;
  given.delete('fields');
  const input = readParameters(objectSchemaOf(operation.input), inPath, given);
  const known = fieldsOf(operation.output);
  // Before anything is read: a field that does not exist is the caller's mistake whatever the answer.
  if (fields !== undefined) pickFields({}, fields, known);
  const answered = await call(deps.caller(context), operation, input);
  const body = JSON.stringify(pickFields(answered, fields, known));
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', ...linkOf(request, answered) };
  if (isKnown(request.headers['if-none-match'], etag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' }, body };
}

/** The procedures check their input by the same schema that the document shows. */
function call(api: RestApi, { id }: Operation, input: unknown): Promise<object> {
  const procedure = api[id] as (given: unknown) => Promise<object>;
  return procedure(input);
}

const isKnown = (sent: string | undefined, etag: string): boolean =>
  sent !== undefined && (sent.trim() === '*' || sent.split(',').some((one) => one.trim() === etag));

/** RFC 8288: the next page of a list. */
function linkOf(request: IncomingMessage, answered: object): Record<string, string> {
  if (!('next' in answered) || typeof answered.next !== 'string') return {};
  const url = new URL(request.url ?? '/', 'http://localhost');
  url.searchParams.set('cursor', answered.next);
  return { link: `<${url.pathname}${url.search}>; rel="next"` };
}

async function change(deps: RestHttpDeps, asked: Asked, operation: Operation): Promise<Answer> {
  const { request, path, context, caller } = asked;
  const key = readKey(request.headers['idempotency-key']);
  if ([...asked.search].length > 0) throw noParameters();
  requireType(request, ['application/json']);
  const body = await readBytes(request, bodyLimitBytes);
  const input = parseJson(body);
  if (!isPlainText(input)) throw unreadable();
  const { client } = caller;
  const act = actOf(caller, context);
  // With the body in it: a key that is used again after a day with another body is another fact.
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  const dedupeKey = `${client.id} ${key} ${digest}`;
  const {
    status,
    body: answered,
    replayed,
  } = await deps.runOnce({ client, key, method: operation.method, path, body }, async (tx) => {
    const api = deps.caller({ ...context, write: { tx, dedupeKey, act } });
    return { status: operation.success, body: (await call(api, operation, input)) as Record<string, string> };
  });
  return {
    status,
    headers: replayed ? { 'idempotency-replayed': 'true' } : {},
    body: answered as Record<string, string>,
  };
}

/** A program acts in its own name; who gave it the key stands in the entry of the key. */
function actOf({ client }: Caller, { ip, reference }: Context): ActContext {
  const actor = { type: 'system' as const, id: client.id, name: `${client.name} (API)` };
  return { actor, ip, sessionId: null, requestId: reference };
}

/** A structured-field string or a bare token, 1 to 200 visible characters. */
function readKey(header: string | string[] | undefined): string {
  const text = typeof header === 'string' ? header.trim() : '';
  const key = /^"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"$/.exec(text)?.[1] ?? text;
  if (/^[\x21-\x7e]{1,200}$/.test(key) && !key.includes('"')) return key;
  throw new PlumblineError({
    kind: 'malformed',
    code: 'api.idempotency_key_missing',
    detail: 'Send an Idempotency-Key of your own for this request, e.g. a UUID: 1 to 200 visible characters.',
  });
}

function notAllowed({ request }: Asked, methods: readonly string[]): Answer {
  const allow = methods.join(', ');
  const error = new PlumblineError({
    kind: 'not_allowed',
    code: 'api.method_not_allowed',
    detail: `This path takes ${allow}.`,
  });
  request.resume();
  const problem = problemOf(describeFailure(error, 'none'));
  return { ...problem, headers: { ...problem.headers, allow } };
}

function unknownPath(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'api.path_unknown',
    detail: `There is no such path. See ${apiPrefix}/docs.`,
  });
}

function unreadable(): PlumblineError {
  return new PlumblineError({
    kind: 'malformed',
    code: 'api.text_unreadable',
    detail: 'The request holds text that is not text: a zero byte or half of a surrogate pair.',
  });
}

function noParameters(): PlumblineError {
  return new PlumblineError({
    kind: 'malformed',
    code: 'api.parameter_unknown',
    detail: 'This path takes no query parameters.',
  });
}
