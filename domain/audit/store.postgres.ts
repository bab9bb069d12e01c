import { sql } from 'kysely';
import type { Id, TenantId } from '#contracts/ids';
import { columns, type Tx } from '#platform/postgres';
import { genesisHash, type ChainHead } from './chain.ts';
import type { ActorType, AuditEntry, Json } from './entry.ts';
import { conditions, textCondition, type AuditFilter, type AuditPage } from './filter.ts';

/** Locks the tenant's chain until the transaction ends and tells where it stands. */
export async function lockHead(tx: Tx, tenantId: TenantId): Promise<ChainHead | null> {
  const { rows } = await sql<{ sequence: string; hash: string }>`
    select sequence, hash from audit_heads where tenant_id = ${tenantId} for update`.execute(tx);
  const head = rows[0];
  return head === undefined ? null : { sequence: Number(head.sequence), hash: head.hash };
}

/** A tenant's first entries have no head row to lock, so one advisory lock stands for it. */
export async function lockNewChain(tx: Tx, tenantId: TenantId): Promise<ChainHead> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`audit:${tenantId}`}, 0))`.execute(tx);
  return (await lockHead(tx, tenantId)) ?? { sequence: 0, hash: genesisHash };
}

/** Moves the head and inserts the entries in one statement. Entries are in chain order and not empty. */
export async function insertEntries(
  tx: Tx,
  tenantId: TenantId,
  entries: readonly AuditEntry[],
): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const of = <T>(read: (entry: AuditEntry) => T) => entries.map(read);
  await sql`
    with moved as (
      insert into audit_heads (tenant_id, sequence, hash) values (${tenantId}, ${last.sequence}, ${last.hash})
      on conflict (tenant_id) do update set sequence = excluded.sequence, hash = excluded.hash
    )
    insert into audit_entries (tenant_id, sequence, id, at, actor_type, actor_id, actor_name, act,
      subject_type, subject_id, before, after, ip, session_id, request_id, previous_hash, hash)
    select ${tenantId}, r.* from unnest(
      ${columns.bigint(of((entry) => entry.sequence))}::bigint[],
      ${columns.text(of((entry) => entry.id))}::text[],
      ${columns.instant(of((entry) => entry.at))}::timestamptz[],
      ${columns.text(of((entry) => entry.actor.type))}::text[],
      ${columns.text(of((entry) => entry.actor.id))}::text[],
      ${columns.text(of((entry) => entry.actor.name))}::text[],
      ${columns.text(of((entry) => entry.act))}::text[],
      ${columns.text(of((entry) => entry.subject.type))}::text[],
      ${columns.text(of((entry) => entry.subject.id))}::text[],
      ${columns.jsonb(of((entry) => entry.before))}::jsonb[],
      ${columns.jsonb(of((entry) => entry.after))}::jsonb[],
      ${columns.text(of((entry) => entry.ip))}::text[],
      ${columns.text(of((entry) => entry.sessionId))}::text[],
      ${columns.text(of((entry) => entry.requestId))}::text[],
      ${columns.text(of((entry) => entry.previousHash))}::text[],
      ${columns.text(of((entry) => entry.hash))}::text[]) as r`.execute(tx);
}

interface EntryRow {
  tenant_id: TenantId;
  sequence: string;
  id: Id<'auditEntry'>;
  at: Date;
  actor_type: ActorType;
  actor_id: string;
  actor_name: string;
  act: string;
  subject_type: string;
  subject_id: string;
  before: Json;
  after: Json;
  ip: string | null;
  session_id: string | null;
  request_id: string | null;
  previous_hash: string;
  hash: string;
}

const entryColumns = sql.raw(
  'tenant_id, sequence, id, at, actor_type, actor_id, actor_name, act, subject_type, subject_id, before, after, ip, session_id, request_id, previous_hash, hash',
);

function toEntry(row: EntryRow): AuditEntry {
  return {
    tenantId: row.tenant_id,
    sequence: Number(row.sequence),
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    act: row.act,
    subject: { type: row.subject_type, id: row.subject_id },
    before: row.before,
    after: row.after,
    ip: row.ip,
    sessionId: row.session_id,
    requestId: row.request_id,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** Newest first, within the transaction's tenant. */
export async function listEntries(
  tx: Tx,
  filter: AuditFilter,
  page: AuditPage,
): Promise<{ entries: AuditEntry[]; next: number | null }> {
  const before = page.before === undefined ? sql`true` : sql`sequence < ${page.before}`;
  const text = textCondition(filter) ?? sql`true`;
  // `offset 0` keeps the order inside: entries are read newest first and reading stops when the page is full. Without
  // it the planner takes any text for rare and reads and sorts the whole log.
  const { rows } = await sql<EntryRow>`
    select * from (
      select ${entryColumns} from audit_entries where ${conditions(filter)} and ${before}
      order by sequence desc offset 0
    ) newest_first
    where ${text} order by sequence desc limit ${page.limit + 1}`.execute(tx);
  const entries = rows.slice(0, page.limit).map(toEntry);
  return { entries, next: rows.length > page.limit ? (entries.at(-1)?.sequence ?? null) : null };
}

export async function countEntries(tx: Tx, filter: AuditFilter): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from audit_entries
    where ${conditions(filter)} and ${textCondition(filter) ?? sql`true`}`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

export async function findEntry(tx: Tx, id: Id<'auditEntry'>): Promise<AuditEntry | null> {
  const { rows } = await sql<EntryRow>`select ${entryColumns} from audit_entries where id = ${id}`.execute(
    tx,
  );
  return rows[0] === undefined ? null : toEntry(rows[0]);
}
