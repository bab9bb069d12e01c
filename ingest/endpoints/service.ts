import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import * as z from 'zod';
import type { EndpointId, TenantId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import { issuePlaces } from '../formats/schema.ts';
import type { Source } from '../source.ts';
import { listEndpointHealth, type EndpointHealth } from './health.ts';
import { sealSecret } from './secrets.ts';

export const newEndpointSchema = z.object({
  vendor: z.string().min(1).max(60),
  name: z.string().trim().min(1).max(120),
  /** Left out, one is made. */
  secret: z.string().min(8).max(500).optional(),
  settings: z.record(z.string(), z.json()).default({}),
  ratePerMinute: z.int().positive().max(10_000_000).nullable().default(null),
  /** Key for the vendor's API, needed for thin messages. */
  apiKey: z.string().min(1).max(4000).optional(),
  /** Root of the vendor's API where it is not the usual one (sandbox, own subdomain). */
  apiUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Whom this personnel system hires is added to the people. Refused for other vendors. */
  admitsPeople: z.boolean().default(false),
  /** Left out: 24 h for webhooks, 168 h for files (rule packs §0). */
  silenceH: z.int().positive().max(8_760).optional(),
});
export type NewEndpoint = z.input<typeof newEndpointSchema>;

export interface MadeEndpoint {
  readonly id: EndpointId;
  /** `/webhooks/{id}`. */
  readonly path: string;
  /** Shown once: it is never read out again. */
  readonly secret: string;
}

export interface Endpoints {
  list(scope: Scope): Promise<EndpointHealth[]>;
  create(scope: Scope, input: NewEndpoint, context: ActContext): Promise<MadeEndpoint>;
  /** The same for set-up, in the caller's transaction. */
  insert(tx: Tx, tenantId: TenantId, input: NewEndpoint, context: ActContext): Promise<MadeEndpoint>;
  /** The new secret counts at once, the present one until `endRotation`. Throws `ingest.endpoint_not_found`. */
  rotateSecret(scope: Scope, id: EndpointId, context: ActContext): Promise<{ secret: string }>;
  /** From now on only the newest secret counts. */
  endRotation(scope: Scope, id: EndpointId, context: ActContext): Promise<void>;
  /** Sets or takes away the key (and address) of the vendor's API. Throws `ingest.endpoint_not_found`. */
  setApi(
    scope: Scope,
    id: EndpointId,
    api: { url: string | null; key: string } | null,
    context: ActContext,
  ): Promise<void>;
  /**
   * Makes a personnel system the authority on who works here, or takes that back. Throws `ingest.endpoint_not_found`,
   * `ingest.not_personnel`.
   */
  setAdmitsPeople(scope: Scope, id: EndpointId, admits: boolean, context: ActContext): Promise<void>;
  setStatus(scope: Scope, id: EndpointId, status: 'active' | 'disabled', context: ActContext): Promise<void>;
}

export interface EndpointsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: Pick<Keys, 'seal'>;
  readonly sources: readonly Source[];
}

const silenceDefaultH = { webhook: 24, file: 168 } as const;

type Assignment = ReturnType<typeof sql>;
/** One whose value is sealed in the transaction. */
type SealedAssignment = (tx: Tx) => Promise<Assignment>;

/** Every change is audited without the secret. */
export function createEndpoints(deps: EndpointsDeps): Endpoints {
  const { postgres } = deps;
  const insert: Endpoints['insert'] = (tx, tenantId, input, context) =>
    insertEndpoint(deps, tx, tenantId, input, context);

  function write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return can(scope, 'write', 'administration')
      ? postgres.asViewer(scope, work)
      : Promise.reject(notPermitted());
  }

  function change(
    scope: Scope,
    id: EndpointId,
    act: string,
    context: ActContext,
    set: Assignment | SealedAssignment,
    after: unknown,
  ) {
    return write(scope, async (tx) => {
      const values = typeof set === 'function' ? await set(tx) : set;
      const { rows } = await sql<{
        id: string;
      }>`update ingest_endpoints set ${values}, updated_at = ${deps.clock.now()}
        where id = ${id} returning id`.execute(tx);
      if (rows.length === 0) throw notFound(id);
      await auditOne(deps, tx, scope.tenantId, id, act, after, context);
    });
  }

  return {
    insert,
    list: (scope) =>
      can(scope, 'view', 'administration')
        ? postgres.asViewer(scope, (tx) => listEndpointHealth(tx, deps.sources))
        : Promise.reject(notPermitted()),
    create: (scope, input, context) => write(scope, (tx) => insert(tx, scope.tenantId, input, context)),
    async rotateSecret(scope, id, context) {
      const secret = newSecret();
      await change(scope, id, 'rotate_secret', context, newestSecret(deps, scope, id, secret), {});
      return { secret };
    },
    endRotation: (scope, id, context) =>
      change(scope, id, 'end_rotation', context, sql`secrets = secrets[1:1]`, {}),
    setApi: (scope, id, api, context) =>
      change(scope, id, 'set_api', context, apiValues(deps, scope, id, api), {
        url: api?.url ?? null,
        key: api === null ? 'none' : 'set',
      }),
    async setAdmitsPeople(scope, id, admits, context) {
      if (admits) await write(scope, (tx) => requirePersonnel(tx, id, deps.sources));
      await change(scope, id, 'set_admits_people', context, sql`admits_people = ${admits}`, { admits });
    },
    setStatus: (scope, id, status, context) =>
      change(scope, id, 'set_status', context, sql`status = ${status}`, { status }),
  };
}

/** The new secret comes first, the present one stays beside it. */
function newestSecret(
  { keys }: EndpointsDeps,
  { tenantId }: Scope,
  id: EndpointId,
  secret: string,
): SealedAssignment {
  return async (tx) =>
    sql`secrets = array[${await sealSecret(keys, tx, tenantId, { column: 'secrets', id }, secret)}, secrets[1]]`;
}

function apiValues(
  { keys }: EndpointsDeps,
  { tenantId }: Scope,
  id: EndpointId,
  api: { readonly url: string | null; readonly key: string } | null,
): SealedAssignment {
  return async (tx) => {
    const key = api && (await sealSecret(keys, tx, tenantId, { column: 'api_key', id }, api.key));
    return sql`api_url = ${api?.url ?? null}, api_key = ${key}`;
  };
}

async function insertEndpoint(
  deps: EndpointsDeps,
  tx: Tx,
  tenantId: TenantId,
  given: NewEndpoint,
  context: ActContext,
): Promise<MadeEndpoint> {
  const input = newEndpointSchema.parse(given);
  const source = deps.sources.find((one) => one.vendor === input.vendor);
  if (!source) throw unknownVendor(input.vendor, deps.sources);
  checkSettings(source, input.settings);
  if (input.admitsPeople && source.personnel !== true) throw notPersonnel(source.title);
  const id = deps.ids.next('endpoint');
  const secret = input.secret ?? newSecret();
  const silenceH = input.silenceH ?? silenceDefaultH[source.kind];
  const now = deps.clock.now();
  const { apiKey } = input;
  const sealedSecret = await sealSecret(deps.keys, tx, tenantId, { column: 'secrets', id }, secret);
  const sealedKey =
    apiKey === undefined
      ? null
      : await sealSecret(deps.keys, tx, tenantId, { column: 'api_key', id }, apiKey);
  await sql`insert into ingest_endpoints (tenant_id, id, vendor, name, secrets, settings, rate_per_minute, silence_h,
      admits_people, api_url, api_key, created_at, updated_at)
    values (${tenantId}, ${id}, ${input.vendor}, ${input.name}, array[${sealedSecret}], ${JSON.stringify(input.settings)}::jsonb,
      ${input.ratePerMinute}, ${silenceH}, ${input.admitsPeople}, ${input.apiUrl ?? null}, ${sealedKey}, ${now}, ${now})`.execute(
    tx,
  );
  const { secret: _secret, apiKey: _key, ...after } = { ...input, silenceH };
  await auditOne(deps, tx, tenantId, id, 'create', after, context);
  return { id, path: `/webhooks/${id}`, secret };
}

async function requirePersonnel(tx: Tx, id: EndpointId, sources: readonly Source[]): Promise<void> {
  const { rows } = await sql<{ name: string; vendor: string }>`
    select name, vendor from ingest_endpoints where id = ${id}`.execute(tx);
  const [endpoint] = rows;
  if (endpoint === undefined) throw notFound(id);
  const source = sources.find((one) => one.vendor === endpoint.vendor);
  if (source?.personnel !== true) throw notPersonnel(endpoint.name);
}

function notPersonnel(title: string): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'ingest.not_personnel',
    detail: `${title} is no personnel system: people it names and nobody knows wait as dead letters.`,
  });
}

function checkSettings(source: Source, settings: Readonly<Record<string, unknown>>): void {
  const checked = source.settings?.safeParse(settings);
  if (!checked || checked.success) return;
  const places = issuePlaces(checked.error.issues, 'settings.');
  throw new PlumblineError({
    kind: 'invalid',
    code: 'ingest.settings_invalid',
    detail: `A setting of ${source.title} is not one it knows: ${places[0]?.path}: ${places[0]?.message}.`,
    places,
  });
}

/** 32 random bytes in the shape of Standard Webhooks; as good for the vendors that take any text. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

async function auditOne(
  deps: EndpointsDeps,
  tx: Tx,
  tenantId: TenantId,
  id: EndpointId,
  verb: string,
  after: unknown,
  context: ActContext,
): Promise<void> {
  await deps.audit.append(tx, tenantId, [
    { ...context, act: `ingest:endpoint:${verb}`, subject: { type: 'endpoint', id }, after },
  ]);
}

function notPermitted(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'ingest.endpoints_not_permitted',
    detail: 'Your role does not administer integrations.',
  });
}

function notFound(id: string): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'ingest.endpoint_not_found',
    detail: `There is no endpoint ${id.slice(0, 60)}.`,
  });
}

function unknownVendor(vendor: string, sources: readonly Source[]): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'ingest.vendor_unknown',
    detail: `No vendor is called "${vendor}". Known are ${sources.map((one) => one.vendor).join(', ')}.`,
  });
}
