import { randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { openBytes, sealBytes, type DataKey } from './envelope.ts';
import { contextOf, subjectBind } from './reader.ts';
import { damaged, type Kms } from './kms.ts';
import {
  findById,
  findCurrent,
  findMiswrapped,
  insertKeys,
  retireTenantKey,
  saveWrapped,
  type KeyRow,
  type NewKey,
} from './store.postgres.ts';

export interface RotationDeps {
  readonly postgres: Postgres;
  readonly kms: Kms;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Rotated {
  /** Keys of the tenant that the key service wrapped anew. */
  readonly rewrapped: number;
  /** Keys of persons that the tenant's present key wrapped anew. */
  readonly subjects: number;
  /** Whether the tenant got a new key of its own. */
  readonly renewed: boolean;
}

/** Rows of one transaction: an end in between loses nothing, and the next call goes on. */
const batchSize = 500;

/**
 * Brings a tenant's keys under the key service's present key, and its persons' keys under the tenant's present key.
 * Nothing that is encrypted is touched. With `renew` the tenant first gets a new key of its own; the one before opens
 * what it sealed until that is sealed again. Safe to repeat and to stop anywhere.
 */
export async function rotateKeys(deps: RotationDeps, tenantId: string, renew: boolean): Promise<Rotated> {
  const renewed =
    renew && (await deps.postgres.asTenant(tenantId, (tx) => renewTenantKey(deps, tx, tenantId)));
  const rewrapped = await inBatches(deps.postgres, tenantId, (tx) => rewrapSome(deps, tx, tenantId));
  const subjects = await inBatches(deps.postgres, tenantId, (tx) => rewrapSubjects(deps, tx, tenantId));
  return { renewed, rewrapped, subjects };
}

async function inBatches(
  postgres: Postgres,
  tenantId: string,
  work: (tx: Tx) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await postgres.asTenant(tenantId, work);
    total += done;
    if (done < batchSize) return total;
  }
}

/** A tenant without a key gets one when it first needs it. */
async function renewTenantKey({ kms, ids, clock }: RotationDeps, tx: Tx, tenantId: string): Promise<boolean> {
  if ((await findCurrent(tx, tenantId, 'tenant')) === null) return false;
  await retireTenantKey(tx, tenantId, clock.now());
  const id = ids.next('dataKey');
  const wrapped = await kms.wrap(randomBytes(32), contextOf(tenantId, { id, purpose: 'tenant' }));
  await insertKeys(
    tx,
    tenantId,
    [{ id, purpose: 'tenant', subjectId: null, wrapped, wrappedBy: kms.keyId }],
    clock.now(),
  );
  return true;
}

async function rewrapSome({ kms }: RotationDeps, tx: Tx, tenantId: string): Promise<number> {
  const rows = await findMiswrapped(tx, tenantId, {
    purposes: ['tenant', 'index'],
    wrappedBy: kms.keyId,
    limit: batchSize,
  });
  const rewrapped: NewKey[] = [];
  for (const row of rows) {
    const context = contextOf(tenantId, row);
    const plain = await kms.unwrap(row.wrapped ?? new Uint8Array(), row.wrappedBy, context);
    rewrapped.push({ ...row, wrapped: await kms.wrap(plain, context), wrappedBy: kms.keyId });
  }
  if (rewrapped.length > 0) await saveWrapped(tx, tenantId, rewrapped);
  return rows.length;
}

async function rewrapSubjects(deps: RotationDeps, tx: Tx, tenantId: string): Promise<number> {
  const current = await findCurrent(tx, tenantId, 'tenant');
  if (current === null) return 0;
  const want = { purposes: ['subject'] as const, wrappedBy: current.id, limit: batchSize };
  const rows = await findMiswrapped(tx, tenantId, want);
  if (rows.length === 0) return 0;
  const parents = await findById(tx, tenantId, [...new Set(rows.map((row) => row.wrappedBy))]);
  const opened = new Map<string, DataKey>();
  for (const parent of [current, ...parents])
    opened.set(parent.id, await unwrapTenantKey(deps, tenantId, parent));
  const target = opened.get(current.id);
  if (target === undefined) throw damaged(current.id);
  await saveWrapped(
    tx,
    tenantId,
    rows.map((row) => rewrapSubject(tenantId, row, opened.get(row.wrappedBy), target)),
  );
  return rows.length;
}

async function unwrapTenantKey({ kms }: RotationDeps, tenantId: string, row: KeyRow): Promise<DataKey> {
  if (row.wrapped === null) throw damaged(row.wrappedBy);
  return { id: row.id, key: await kms.unwrap(row.wrapped, row.wrappedBy, contextOf(tenantId, row)) };
}

function rewrapSubject(tenantId: string, row: KeyRow, from: DataKey | undefined, to: DataKey): NewKey {
  const bind = subjectBind(tenantId, row.id, row.subjectId ?? '');
  const plain = from && row.wrapped && openBytes(from, bind, row.wrapped);
  if (!plain) throw damaged(row.wrappedBy);
  return { ...row, wrapped: sealBytes(to, bind, plain), wrappedBy: to.id };
}
