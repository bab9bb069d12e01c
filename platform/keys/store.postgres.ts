import { sql } from 'kysely';
import { columns, type Tx } from '#platform/postgres';

export type KeyPurpose = 'tenant' | 'index' | 'subject';

/** A key as stored. */
export interface KeyRow {
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly subjectId: string | null;
  /** Null = destroyed. */
  readonly wrapped: Uint8Array | null;
  readonly wrappedBy: string;
  /** Made by this very transaction, which may still roll back. */
  readonly fresh: boolean;
}

const keyColumns = sql`id, purpose, subject_id as "subjectId", wrapped, wrapped_by as "wrappedBy",
  made_in is not distinct from pg_current_xact_id_if_assigned() as fresh`;

export async function findCurrent(
  tx: Tx,
  tenantId: string,
  purpose: Exclude<KeyPurpose, 'subject'>,
): Promise<KeyRow | null> {
  const { rows } = await sql<KeyRow>`select ${keyColumns} from data_keys
    where tenant_id = ${tenantId} and purpose = ${purpose} and retired_at is null`.execute(tx);
  return rows[0] ?? null;
}

export async function findById(tx: Tx, tenantId: string, ids: readonly string[]): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`select ${keyColumns} from data_keys
    where tenant_id = ${tenantId} and id = any(${ids}::text[])`.execute(tx);
  return rows;
}

export async function findBySubject(
  tx: Tx,
  tenantId: string,
  subjects: readonly string[],
): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`select ${keyColumns} from data_keys
    where tenant_id = ${tenantId} and purpose = 'subject' and subject_id = any(${subjects}::text[])`.execute(
    tx,
  );
  return rows;
}

export interface NewKey {
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly subjectId: string | null;
  readonly wrapped: Uint8Array;
  readonly wrappedBy: string;
}

/** Keys that somebody else made meanwhile are left as they are: read again which ones hold. */
export async function insertKeys(
  tx: Tx,
  tenantId: string,
  keys: readonly NewKey[],
  at: string,
): Promise<void> {
  const of = <T>(read: (key: NewKey) => T) => keys.map(read);
  await sql`
    insert into data_keys (tenant_id, id, purpose, subject_id, wrapped, wrapped_by, created_at)
    select ${tenantId}, r.id, r.purpose, r.subject_id, decode(r.wrapped, 'base64'), r.wrapped_by, ${at}::timestamptz
    from unnest(
      ${columns.text(of((key) => key.id))}::text[],
      ${columns.text(of((key) => key.purpose))}::text[],
      ${columns.text(of((key) => key.subjectId))}::text[],
      ${columns.text(of((key) => Buffer.from(key.wrapped).toString('base64')))}::text[],
      ${columns.text(of((key) => key.wrappedBy))}::text[]) as r(id, purpose, subject_id, wrapped, wrapped_by)
    order by r.subject_id
    on conflict do nothing`.execute(tx);
}

/** @returns whether there was a key to destroy. */
export async function destroy(tx: Tx, tenantId: string, subjectId: string, at: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update data_keys set wrapped = null, destroyed_at = ${at}::timestamptz
    where tenant_id = ${tenantId} and purpose = 'subject' and subject_id = ${subjectId} and wrapped is not null
    returning id`.execute(tx);
  return rows.length > 0;
}

/** Keys that are wrapped by something else than they should be, some at a time, locked. */
export async function findMiswrapped(
  tx: Tx,
  tenantId: string,
  want: { readonly purposes: readonly KeyPurpose[]; readonly wrappedBy: string; readonly limit: number },
): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`select ${keyColumns} from data_keys
    where tenant_id = ${tenantId} and purpose = any(${want.purposes}::text[]) and wrapped is not null
      and wrapped_by <> ${want.wrappedBy}
    order by id limit ${want.limit} for update`.execute(tx);
  return rows;
}

export async function saveWrapped(tx: Tx, tenantId: string, keys: readonly NewKey[]): Promise<void> {
  const of = <T>(read: (key: NewKey) => T) => keys.map(read);
  await sql`
    update data_keys k set wrapped = decode(r.wrapped, 'base64'), wrapped_by = r.wrapped_by
    from unnest(
      ${columns.text(of((key) => key.id))}::text[],
      ${columns.text(of((key) => Buffer.from(key.wrapped).toString('base64')))}::text[],
      ${columns.text(of((key) => key.wrappedBy))}::text[]) as r(id, wrapped, wrapped_by)
    where k.tenant_id = ${tenantId} and k.id = r.id`.execute(tx);
}

export async function retireTenantKey(tx: Tx, tenantId: string, at: string): Promise<void> {
  await sql`update data_keys set retired_at = ${at}::timestamptz
    where tenant_id = ${tenantId} and purpose = 'tenant' and retired_at is null`.execute(tx);
}

/** How a tenant's keys stand, for screens. */
export interface KeyStanding {
  /** Of the tenant's key that seals now; null = none was needed yet. */
  readonly tenantKeySince: string | null;
  readonly wrappedBy: readonly string[];
  readonly subjects: number;
  readonly destroyed: number;
  readonly retired: number;
}

export async function readStanding(tx: Tx, tenantId: string): Promise<KeyStanding> {
  const { rows } = await sql<{
    since: Date | null;
    wrapped_by: string[] | null;
    subjects: string;
    destroyed: string;
    retired: string;
  }>`
    select max(created_at) filter (where purpose = 'tenant' and retired_at is null) as since,
      array_agg(distinct wrapped_by) filter (where purpose <> 'subject') as wrapped_by,
      count(*) filter (where purpose = 'subject' and wrapped is not null) as subjects,
      count(*) filter (where destroyed_at is not null) as destroyed,
      count(*) filter (where retired_at is not null) as retired
    from data_keys where tenant_id = ${tenantId}`.execute(tx);
  const [row] = rows;
  return {
    tenantKeySince: row?.since?.toISOString() ?? null,
    wrappedBy: row?.wrapped_by ?? [],
    subjects: Number(row?.subjects ?? 0),
    destroyed: Number(row?.destroyed ?? 0),
    retired: Number(row?.retired ?? 0),
  };
}
