import { randomBytes } from 'node:crypto';
import type { LRUCache } from 'lru-cache';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';
import { openBytes, sealBytes, type DataKey } from './envelope.ts';
import { damaged, type Kms } from './kms.ts';
import {
  findById,
  findBySubject,
  findCurrent,
  insertKeys,
  type KeyPurpose,
  type KeyRow,
} from './store.postgres.ts';

/** Null = destroyed. */
export type Unwrapped = DataKey | null;

/** Finds and makes keys, and remembers them for a while. */
export interface Reader {
  readonly kms: Kms;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Keys that are committed and whole: a rollback must leave nothing here that is not in the table. */
  readonly cache: LRUCache<string, DataKey>;
}

/** The keys of these people, made where there are none yet. */
export async function subjectKeys(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Unwrapped>> {
  const keys = new Map<string, Unwrapped>();
  for (const id of ids) {
    const cached = reader.cache.get(`${tenantId} subject ${id}`);
    if (cached !== undefined) keys.set(id, cached);
  }
  const unknown = ids.filter((id) => !keys.has(id));
  if (unknown.length === 0) return keys;
  let rows = await findBySubject(tx, tenantId, unknown);
  const stored = new Set(rows.map(({ subjectId }) => subjectId));
  const missing = unknown.filter((id) => !stored.has(id));
  if (missing.length > 0) {
    await makeSubjectKeys(reader, tx, tenantId, missing);
    rows = await findBySubject(tx, tenantId, unknown);
  }
  const unwrapped = await unwrapAll(reader, tx, tenantId, rows);
  for (const row of rows) {
    const key = unwrapped.get(row.id) ?? null;
    keys.set(row.subjectId ?? '', key);
    if (key !== null && !row.fresh) reader.cache.set(`${tenantId} subject ${row.subjectId}`, key);
  }
  return keys;
}

async function makeSubjectKeys(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  subjects: readonly string[],
): Promise<void> {
  const own = await currentKey(reader, tx, tenantId, 'tenant');
  const made = subjects.map((subjectId) => {
    const id = reader.ids.next('dataKey');
    const wrapped = sealBytes(own, subjectBind(tenantId, id, subjectId), randomBytes(32));
    return { id, purpose: 'subject' as const, subjectId, wrapped, wrappedBy: own.id };
  });
  await insertKeys(tx, tenantId, made, reader.clock.now());
}

export async function keysById(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Unwrapped>> {
  const keys = new Map<string, Unwrapped>();
  for (const id of ids) {
    const cached = reader.cache.get(`${tenantId} id ${id}`);
    if (cached !== undefined) keys.set(id, cached);
  }
  const unknown = ids.filter((id) => !keys.has(id));
  if (unknown.length === 0) return keys;
  const rows = await findById(tx, tenantId, unknown);
  for (const [id, key] of await unwrapAll(reader, tx, tenantId, rows)) keys.set(id, key);
  return keys;
}

async function unwrapAll(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  rows: readonly KeyRow[],
): Promise<ReadonlyMap<string, Unwrapped>> {
  const parents = new Set(
    rows.flatMap((row) => (row.purpose === 'subject' && row.wrapped !== null ? [row.wrappedBy] : [])),
  );
  const parentKeys = await keysById(reader, tx, tenantId, [...parents]);
  const keys = new Map<string, Unwrapped>();
  for (const row of rows) {
    const key = await unwrapOne(reader, tenantId, row, parentKeys);
    keys.set(row.id, key);
    if (key !== null && !row.fresh) reader.cache.set(`${tenantId} id ${row.id}`, key);
  }
  return keys;
}

async function unwrapOne(
  { kms }: Reader,
  tenantId: string,
  row: KeyRow,
  parents: ReadonlyMap<string, Unwrapped>,
): Promise<Unwrapped> {
  if (row.wrapped === null) return null;
  if (row.purpose !== 'subject') {
    return { id: row.id, key: await kms.unwrap(row.wrapped, row.wrappedBy, contextOf(tenantId, row)) };
  }
  const parent = parents.get(row.wrappedBy);
  const plain = parent && openBytes(parent, subjectBind(tenantId, row.id, row.subjectId ?? ''), row.wrapped);
  if (!plain) throw damaged(row.wrappedBy);
  return { id: row.id, key: plain };
}

/** The tenant's key that seals now, or the one of its indexes; made when there is none. */
export async function currentKey(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  purpose: Exclude<KeyPurpose, 'subject'>,
): Promise<DataKey> {
  const name = `${tenantId} ${purpose}`;
  const cached = reader.cache.get(name);
  if (cached !== undefined) return cached;
  const row = (await findCurrent(tx, tenantId, purpose)) ?? (await makeKey(reader, tx, tenantId, purpose));
  const key = (await unwrapAll(reader, tx, tenantId, [row])).get(row.id);
  if (!key) throw damaged(row.wrappedBy);
  if (!row.fresh) reader.cache.set(name, key);
  return key;
}

async function makeKey(
  { kms, ids, clock }: Reader,
  tx: Tx,
  tenantId: string,
  purpose: Exclude<KeyPurpose, 'subject'>,
): Promise<KeyRow> {
  const id = ids.next('dataKey');
  const wrapped = await kms.wrap(randomBytes(32), contextOf(tenantId, { id, purpose }));
  await insertKeys(
    tx,
    tenantId,
    [{ id, purpose, subjectId: null, wrapped, wrappedBy: kms.keyId }],
    clock.now(),
  );
  const row = await findCurrent(tx, tenantId, purpose);
  if (row === null) throw new Error(`the ${purpose} key of ${tenantId} was not stored`);
  return row;
}

export const contextOf = (tenantId: string, { id, purpose }: { id: string; purpose: KeyPurpose }) => ({
  tenant: tenantId,
  key: id,
  purpose,
});

export const subjectBind = (tenantId: string, keyId: string, subjectId: string): string =>
  JSON.stringify([tenantId, keyId, subjectId]);
