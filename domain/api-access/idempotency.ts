import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Json } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Postgres, Tx } from '#platform/postgres';
import type { ApiClient } from './store.postgres.ts';

/** How long the first answer is given again. */
const keptMs = 24 * 3_600_000;

export interface IdempotentRequest {
  readonly client: Pick<ApiClient, 'tenantId' | 'id' | 'divisionIds' | 'locationIds'>;
  /** The header's value. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** The body as it came, byte for byte. */
  readonly body: Uint8Array;
}

export interface KeptAnswer {
  readonly status: number;
  readonly body: Json;
}

/**
 * Runs a write at most once per (client, key) in 24 hours, after draft-ietf-httpapi-idempotency-key-header-07: the same
 * request again gets the first answer; the key with another request throws `api.idempotency_key_reused` (422); while the
 * first is under way `api.idempotency_in_flight` (409). `work` is given the transaction in which the answer is kept, so
 * a crash leaves both or neither; a write that throws keeps nothing and may be tried again.
 */
export type RunOnce = (
  request: IdempotentRequest,
  work: (tx: Tx) => Promise<KeptAnswer>,
) => Promise<KeptAnswer & { readonly replayed: boolean }>;

export function createRunOnce({ postgres, clock }: { postgres: Postgres; clock: Clock }): RunOnce {
  // The embedded engine has one connection, on which the second of two requests would wait instead of being told.
  const underWay = new Set<string>();

  return async function runOnce(request, work) {
    const { client, key } = request;
    const place = JSON.stringify([client.id, key]);
    if (underWay.has(place)) throw inFlight();
    underWay.add(place);
    try {
      return await postgres.asViewer(rowsOf(client), async (tx) => {
        if (!(await lock(tx, place))) throw inFlight();
        const kept = await find(tx, request, clock.nowMs() - keptMs);
        if (kept !== null) return { ...kept, replayed: true };
        const answer = await work(tx);
        await keep(tx, request, answer, clock);
        return { ...answer, replayed: false };
      });
    } finally {
      underWay.delete(place);
    }
  };
}

/** What the write reads of people ends where the client's divisions and sites do, whatever the statements say. */
const rowsOf = ({ id, tenantId, divisionIds, locationIds }: IdempotentRequest['client']) => ({
  tenantId,
  userId: id,
  divisionIds,
  locationIds,
  ownEmployeeId: null,
});

/** Among the processes of one database; let go with the transaction. */
async function lock(tx: Tx, place: string): Promise<boolean> {
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`api.idempotency ${place}`}, 0)) as got`.execute(tx);
  return rows[0]?.got === true;
}

async function find(tx: Tx, request: IdempotentRequest, sinceMs: number): Promise<KeptAnswer | null> {
  const { rows } = await sql<{ fingerprint: string; status: number; body: Json; created_at: Date }>`
    select fingerprint, status, body, created_at from api_idempotency
    where client_id = ${request.client.id} and key = ${request.key}`.execute(tx);
  const row = rows[0];
  if (row === undefined || row.created_at.getTime() <= sinceMs) return null;
  if (row.fingerprint !== fingerprintOf(request)) throw reused();
  return { status: row.status, body: row.body };
}

async function keep(
  tx: Tx,
  request: IdempotentRequest,
  { status, body }: KeptAnswer,
  clock: Clock,
): Promise<void> {
  const { tenantId, id } = request.client;
  const old = new Date(clock.nowMs() - keptMs).toISOString();
  await sql`delete from api_idempotency where created_at <= ${old}::timestamptz`.execute(tx);
  await sql`
    insert into api_idempotency (tenant_id, client_id, key, fingerprint, status, body, created_at)
    values (${tenantId}, ${id}, ${request.key}, ${fingerprintOf(request)}, ${status},
      ${JSON.stringify(body)}::jsonb, ${clock.now()}::timestamptz)`.execute(tx);
}

function fingerprintOf({ method, path, body }: IdempotentRequest): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}

function reused(): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'api.idempotency_key_reused',
    detail:
      'This Idempotency-Key came with another request within 24 hours. Use a new key for a new request.',
  });
}

function inFlight(): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'api.idempotency_in_flight',
    detail: 'The first request with this Idempotency-Key is still under way. Try again in a moment.',
    retryAfterS: 1,
  });
}
