import type { IncomingMessage, ServerResponse } from 'node:http';
import { scimScope, type Caller } from '#domain/api-access';
import type { ActContext } from '#domain/audit';
import {
  namesVersion,
  scimTypeOf,
  urns,
  type Provisioning,
  type Resource,
  type ResourceKind,
} from '#domain/provisioning';
import { PlumblineError } from '#platform/errors';
import { parseJson, readBytes, requireType, write, type Answer } from '../door/answer.ts';
import { Refused, type Admit } from '../door/guard.ts';
import { describeFailure, rootCause, type Failure } from '../failures.ts';
import type { Route } from '../front.ts';
import { pathOf } from '../live/upgrade.ts';
import { isPlainText } from '../rest/parameters.ts';
import { discoveryOf } from './discovery.ts';

export const scimPrefix = '/scim/v2';

export interface ScimHttpDeps {
  readonly admit: Admit;
  readonly provisioning: Provisioning;
  readonly origin: string;
  readonly newReference: () => string;
  readonly ipOf: (request: IncomingMessage) => string | null;
  readonly onError: (error: unknown, place: { readonly path: string; readonly reference: string }) => void;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Below `/scim/v2`. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly caller: Caller;
  readonly context: ActContext;
}

const bodyLimitBytes = 2 * 1024 * 1024;
const mediaTypes = ['application/scim+json', 'application/json'];
const headers = { 'content-type': 'application/scim+json; charset=utf-8' };

/** Answers `/scim/v2/*`: RFC 7644. The company is that of the key. @returns false when the request is not for it. */
export function createScimHttp(deps: ScimHttpDeps): Route {
  const base = `${deps.origin}${scimPrefix}`;
  const discovery = discoveryOf(base);

  async function answer(request: IncomingMessage, path: string, reference: string): Promise<Answer> {
    const ip = deps.ipOf(request);
    const { caller, limits } = await deps.admit(request, ip);
    const { searchParams: search } = new URL(request.url ?? '/', 'http://localhost');
    const { client } = caller;
    const actor = { type: 'system' as const, id: client.id, name: `${client.name} (SCIM)` };
    const context: ActContext = { actor, ip, sessionId: null, requestId: reference };
    const asked = { request, method: request.method ?? 'GET', path, search, caller, context };
    const given = await operate(deps, base, discovery, asked).catch((error: unknown) =>
      failed(deps, error, path, reference),
    );
    return { ...given, headers: { ...headers, ...limits, ...given.headers } };
  }

  return async function handleScim(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (path !== scimPrefix && !path.startsWith(`${scimPrefix}/`)) return false;
    const reference = deps.newReference();
    const below = path.slice(scimPrefix.length).replace(/\/$/, '');
    const given = await answer(request, below, reference).catch((error: unknown) =>
      failed(deps, error, path, reference),
    );
    write(response, given);
    return true;
  };
}

function failed({ onError }: ScimHttpDeps, error: unknown, path: string, reference: string): Answer {
  const refused = error instanceof Refused;
  const failure = describeFailure(refused ? error.cause : error, reference);
  if (failure.status >= 500) onError(rootCause(error), { path, reference });
  return errorOf(failure, refused ? error.headers : {});
}

/** RFC 7644 section 3.12. A version that is not the newest is a failed precondition there. */
function errorOf(
  { status, code, message, retryAfterS }: Failure,
  more: Readonly<Record<string, string>>,
): Answer {
  const given = code === 'scim.version_stale' ? 412 : status === 422 ? 400 : status;
  const taken = ['identity.address_taken', 'identity.grant_invalid'].includes(code) ? 'uniqueness' : null;
  const scimType = scimTypeOf(code) ?? taken;
  return {
    status: taken === null ? given : 409,
    headers: {
      ...headers,
      ...more,
      ...(retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) }),
    },
    body: {
      schemas: [urns.error],
      status: String(taken === null ? given : 409),
      ...(scimType === null ? {} : { scimType }),
      detail: message,
    },
  };
}

async function operate(
  deps: ScimHttpDeps,
  base: string,
  discovery: Readonly<Record<string, object>>,
  asked: Asked,
): Promise<Answer> {
  const { method, path, search, caller } = asked;
  requireScope(caller);
  if (!isPlainText([...search].flat())) throw unreadable();
  if (Object.hasOwn(discovery, path)) {
    return method === 'GET' ? { status: 200, body: discovery[path] ?? {} } : notAllowed('GET');
  }
  const found = /^\/(Users|Groups)(?:\/([^/]{1,100}))?$/.exec(path);
  if (found === null) throw unknownPath();
  const kind: ResourceKind = found[1] === 'Users' ? 'User' : 'Group';
  const id = found[2];
  const place: Place = { base, kind, fields: fieldsOf(search) };
  if (id === undefined) return collection(deps, asked, place);
  return member(deps, asked, place, id);
}

interface Place {
  readonly base: string;
  readonly kind: ResourceKind;
  readonly fields: Fields;
}

async function collection({ provisioning }: ScimHttpDeps, asked: Asked, place: Place): Promise<Answer> {
  const { method, search, caller, context } = asked;
  const { tenantId } = caller.client;
  if (method === 'POST') {
    const made = await provisioning.create(tenantId, place.kind, await bodyOf(asked), context);
    return resourceAnswer(place, made, 201);
  }
  if (method !== 'GET') return notAllowed('GET, POST');
  const { total, startIndex, resources } = await provisioning.list(tenantId, place.kind, {
    filter: search.get('filter'),
    startIndex: wholeNumber(search.get('startIndex'), 1),
    count: wholeNumber(search.get('count'), 100),
  });
  return {
    status: 200,
    body: {
      schemas: [urns.list],
      totalResults: total,
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources.map((resource) => shown(place, resource)),
    },
  };
}

async function member(
  { provisioning }: ScimHttpDeps,
  asked: Asked,
  place: Place,
  id: string,
): Promise<Answer> {
  const { method, request, caller, context } = asked;
  const { tenantId } = caller.client;
  const ifMatch = request.headers['if-match'] ?? null;
  if (method === 'GET') {
    const resource = await provisioning.get(tenantId, place.kind, id);
    const known = request.headers['if-none-match'];
    const { version } = resource.meta;
    if (known !== undefined && namesVersion(known, Number(/\d+/.exec(version)?.[0] ?? 0)))
      return { status: 304, headers: { etag: version } };
    return resourceAnswer(place, resource, 200);
  }
  if (method === 'DELETE') {
    await provisioning.remove(tenantId, place.kind, { id, ifMatch, context });
    return { status: 204 };
  }
  if (method !== 'PUT' && method !== 'PATCH') return notAllowed('GET, PUT, PATCH, DELETE');
  const change = { id, ifMatch, context, body: await bodyOf(asked) };
  const changed =
    method === 'PUT'
      ? await provisioning.replace(tenantId, place.kind, change)
      : await provisioning.patch(tenantId, place.kind, change);
  return resourceAnswer(place, changed, 200);
}

async function bodyOf({ request }: Asked): Promise<unknown> {
  requireType(request, mediaTypes);
  const body = parseJson(await readBytes(request, bodyLimitBytes));
  if (!isPlainText(body)) throw unreadable();
  return body;
}

function resourceAnswer(place: Place, resource: Resource, status: 200 | 201): Answer {
  const location = `${place.base}/${place.kind}s/${resource.id}`;
  const etag = { etag: resource.meta.version };
  return { status, headers: status === 201 ? { ...etag, location } : etag, body: shown(place, resource) };
}

function shown({ base, kind, fields }: Place, resource: Resource): object {
  const location = `${base}/${kind}s/${resource.id}`;
  return fields({ ...resource, meta: { ...resource.meta, location } });
}

type Fields = (resource: object) => object;

/** `attributes` and `excludedAttributes`, by the first word of each path; id, schemas and meta always stay. */
function fieldsOf(search: URLSearchParams): Fields {
  const [wanted, excluded] = ['attributes', 'excludedAttributes'].map((name) => namesIn(search.get(name)));
  const always = ['id', 'schemas', 'meta'];
  return (resource) =>
    Object.fromEntries(
      Object.entries(resource).filter(([name]) => {
        if (always.includes(name)) return true;
        const lower = name.toLowerCase();
        if (wanted !== null && wanted !== undefined) return wanted.some((one) => covers(one, lower));
        return excluded === null || excluded === undefined || !excluded.includes(lower);
      }),
    );
}

const covers = (asked: string, name: string): boolean =>
  asked === name || asked.startsWith(`${name}.`) || asked.startsWith(`${name}:`);

function namesIn(list: string | null): string[] | null {
  if (list === null) return null;
  return list.split(',').map((name) => {
    const core = new RegExp(`^(?:${urns.user}|${urns.group}):`, 'i');
    return name.trim().replace(core, '').toLowerCase();
  });
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

function requireScope({ client }: Caller): void {
  if (client.scopes.includes(scimScope)) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'scim.scope_missing',
    detail: 'Provisioning needs a key with the scope scim.',
  });
}

function notAllowed(allow: string): Answer {
  const body = { schemas: [urns.error], status: '405', detail: `This path takes ${allow}.` };
  return { status: 405, headers: { allow }, body };
}

function unknownPath(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'scim.path_unknown',
    detail: 'There is no such endpoint. See /ResourceTypes.',
  });
}

function unreadable(): PlumblineError {
  return new PlumblineError({
    kind: 'malformed',
    code: 'scim.text_unreadable',
    detail: 'The request holds text that is not text, or is nested too deeply.',
  });
}
