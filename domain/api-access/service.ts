import type { DivisionId, Id, LocationId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope, type Viewer } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { rightsOf, scopesOf } from './scopes.ts';
import { hashOf, isToken, matches, newSecret, newToken, prefixOf } from './secrets.ts';
import {
  countLiving,
  findByPrefix,
  findByToken,
  insertClient,
  insertToken,
  listClients,
  revokeClient,
  touchClient,
  type ApiClient,
  type ClientKind,
} from './store.postgres.ts';

export interface ApiAccessDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

export interface NewClient {
  readonly kind: ClientKind;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Both null = everybody of the company. */
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  readonly ratePerMinute: number | null;
  /** Whole days until it ends, 1 to 366. */
  readonly days: number;
}

/** A program that has shown its key or token. */
export interface Caller {
  readonly client: ApiClient;
  readonly viewer: Viewer;
}

/** Programs of a company: their keys, their tokens and what they may do. */
export interface ApiAccess {
  /** The secret is in this answer and nowhere else. Throws `api.scope_not_held`, `api.not_own_company`, `api.too_many_clients`. */
  create(
    scope: Scope,
    client: NewClient,
    context: ActContext,
  ): Promise<{ client: ApiClient; secret: string }>;
  list(scope: Scope): Promise<ApiClient[]>;
  /** Takes effect with the next request, tokens included. Throws `api.client_not_found`. */
  revoke(scope: Scope, id: Id<'apiClient'>, context: ActContext): Promise<void>;
  /** Who comes with this bearer credential, a key or a token; null when it is none, ended or revoked. Counts as use. */
  authenticate(bearer: string, ip: string | null): Promise<Caller | null>;
  /**
   * OAuth 2.0 client credentials grant, RFC 6749 section 4.4. `wanted` null = all scopes of the client. Null when the
   * client is unknown or its secret wrong. Throws `api.scope_not_granted`.
   */
  issueToken(
    clientId: string,
    secret: string,
    wanted: readonly string[] | null,
    ip: string | null,
  ): Promise<{ token: string; expiresInS: number; scopes: readonly string[] } | null>;
}

/** A token lives an hour: RFC 6749 leaves it to the server. */
const tokenLifeS = 3600;
const dayMs = 86_400_000;
const touchMs = 60_000;
const mostClients = 200;

export function createApiAccess(deps: ApiAccessDeps): ApiAccess {
  const { postgres, clock } = deps;

  async function used(tx: Tx, client: ApiClient, ip: string | null): Promise<void> {
    const last = client.lastUsedAt === null ? 0 : Date.parse(client.lastUsedAt);
    if (clock.nowMs() - last >= touchMs) await touchClient(tx, client, clock.now(), ip);
  }

  const isLiving = (client: ApiClient) =>
    client.revokedAt === null && Date.parse(client.expiresAt) > clock.nowMs();

  return {
    create: (scope, given, context) =>
      postgres.asTenant(scope.tenantId, (tx) => create(deps, tx, scope, given, context)),
    list: (scope) => {
      if (!can(scope, 'view', 'administration')) throw notPermitted('view');
      return postgres.asTenant(scope.tenantId, (tx) => listClients(tx, 500));
    },
    revoke: (scope, id, context) =>
      postgres.asTenant(scope.tenantId, (tx) => revoke(deps, tx, scope, id, context)),
    authenticate: (bearer, ip) => {
      if (!isToken(bearer) && prefixOf(bearer) === null) return Promise.resolve(null);
      return postgres.asSystem(async (tx) => {
        const client = await findBearer(tx, bearer);
        if (client === null || !isLiving(client)) return null;
        await used(tx, client, ip);
        return { client, viewer: viewerOf(client) };
      });
    },
    issueToken: (clientId, secret, wanted, ip) =>
      postgres.asSystem(async (tx) => {
        const prefix = prefixOf(secret);
        const found = prefix === null ? null : await findByPrefix(tx, prefix);
        if (found === null || found.client.kind !== 'oauth' || found.client.id !== clientId) return null;
        const { client, secretHash } = found;
        if (!matches(secret, secretHash) || !isLiving(client)) return null;
        const scopes = wanted ?? client.scopes;
        requireGranted(client, scopes);
        await used(tx, client, ip);
        return { ...(await makeToken(tx, client, scopes, clock)), scopes };
      }),
  };
}

async function findBearer(tx: Tx, bearer: string): Promise<ApiClient | null> {
  if (isToken(bearer)) return findByToken(tx, hashOf(bearer));
  const prefix = prefixOf(bearer);
  const found = prefix === null ? null : await findByPrefix(tx, prefix);
  // The secret of an OAuth client buys tokens and nothing else.
  if (found === null || found.client.kind !== 'key') return null;
  return matches(bearer, found.secretHash) ? found.client : null;
}

async function makeToken(tx: Tx, client: ApiClient, scopes: readonly string[], clock: Clock) {
  const { token, hash } = newToken();
  const at = clock.now();
  const expiresAt = new Date(clock.nowMs() + tokenLifeS * 1000).toISOString();
  await insertToken(tx, { tenantId: client.tenantId, hash, clientId: client.id, scopes, at, expiresAt });
  return { token, expiresInS: tokenLifeS };
}

/** The company's own viewer, narrowed to what the client was given. */
function viewerOf(client: ApiClient): Viewer {
  const { tenantId, id, name, role, scopes, divisionIds, locationIds, createdBy } = client;
  return {
    user: { id: createdBy, name, email: '' },
    membership: {
      id: `mem_${id.slice(4)}` as Id<'membership'>,
      tenantId,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
    },
    actingTenantId: tenantId,
    narrowing: { rights: rightsOf(scopes), divisionIds, locationIds },
  };
}

async function create(
  { clock, ids, audit }: ApiAccessDeps,
  tx: Tx,
  scope: Scope,
  given: NewClient,
  context: ActContext,
): Promise<{ client: ApiClient; secret: string }> {
  const { role } = scope;
  if (role === null || !can(scope, 'write', 'administration')) throw notPermitted('write');
  // A key outlives its maker's oversight; what acts for a client company must end with it.
  if (scope.homeTenantId !== scope.tenantId || scope.narrowed) throw notOwnCompany();
  requireHeld(role, given.scopes);
  if ((await countLiving(tx, clock.now())) >= mostClients) throw tooMany();
  const { secret, prefix, hash } = newSecret();
  const { days, ...parts } = given;
  const client: ApiClient = {
    ...parts,
    tenantId: scope.tenantId,
    id: ids.next('apiClient'),
    prefix,
    role,
    expiresAt: new Date(clock.nowMs() + days * dayMs).toISOString(),
    lastUsedAt: null,
    lastUsedIp: null,
    revokedAt: null,
    createdBy: scope.userId,
    createdAt: clock.now(),
  };
  await insertClient(tx, client, hash);
  const subject = { type: 'api_client', id: client.id };
  await audit.append(tx, scope.tenantId, [
    { ...context, act: 'api:client:create', subject, after: told(client) },
  ]);
  return { client, secret };
}

async function revoke(
  { clock, audit }: ApiAccessDeps,
  tx: Tx,
  scope: Scope,
  id: Id<'apiClient'>,
  context: ActContext,
): Promise<void> {
  if (!can(scope, 'write', 'administration')) throw notPermitted('write');
  const client = await revokeClient(tx, id, clock.now());
  if (client === null) throw notFound();
  const subject = { type: 'api_client', id };
  await audit.append(tx, scope.tenantId, [
    { ...context, act: 'api:client:revoke', subject, before: told(client) },
  ]);
}

/** What the log keeps of a client. */
function told({ kind, name, prefix, role, scopes, divisionIds, locationIds, expiresAt }: ApiClient) {
  return { kind, name, prefix, role, scopes, divisionIds, locationIds, expiresAt };
}

function requireHeld(role: ApiClient['role'], scopes: readonly string[]): void {
  const held = scopesOf(role);
  const beyond = scopes.filter((scope) => !held.includes(scope));
  if (beyond.length === 0 && scopes.length > 0) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'api.scope_not_held',
    detail:
      scopes.length === 0
        ? 'Give the client at least one scope.'
        : `Your role cannot hand on ${beyond.join(', ')}. A client gets no more than its maker has.`,
  });
}

function requireGranted(client: ApiClient, scopes: readonly string[]): void {
  const beyond = scopes.filter((scope) => !client.scopes.includes(scope));
  if (beyond.length === 0 && scopes.length > 0) return;
  throw new PlumblineError({
    kind: 'malformed',
    code: 'api.scope_not_granted',
    detail: `This client was not given ${beyond.join(', ') || 'an empty scope'}.`,
  });
}

function notPermitted(right: 'view' | 'write'): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'api.clients_not_permitted',
    detail: `API access needs the right to ${right === 'view' ? 'view' : 'change'} Administration.`,
  });
}

function notOwnCompany(): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'api.not_own_company',
    detail: 'API access is set up by the company itself, not by one that acts for it.',
  });
}

function tooMany(): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'api.too_many_clients',
    detail: `The company has ${mostClients} living keys and clients. Revoke some that are not used.`,
  });
}

function notFound(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'api.client_not_found',
    detail: 'There is no such key or client, or it was revoked before.',
  });
}
