import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { FateStore, NewDeadLetter, NewDrop } from './fates.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function createFateStore(deps: Deps): FateStore {
  return {
    async file(tenantId, { deadLetters, drops }) {
      if (deadLetters.length + drops.length === 0) return;
      await deps.postgres.asTenant(tenantId, async (tx) => {
        await insertDeadLetters(tx, tenantId, deadLetters, deps);
        await insertDrops(tx, tenantId, drops, deps);
      });
    },
  };
}

/**
 * One row per thing that is wrong. The same thing delivered again is counted on its row; a letter that a person sent
 * round again and that failed again is open again.
 */
async function insertDeadLetters(
  tx: Tx,
  tenantId: string,
  letters: readonly NewDeadLetter[],
  { ids, clock }: Deps,
): Promise<void> {
  if (letters.length === 0) return;
  // One statement must not name the same row twice: of several deliveries in a batch the last is kept, all are counted.
  const deliveries = Map.groupBy(
    letters,
    (one) => `${one.arrival.endpointId}\0${one.arrival.deliveryKey}\0${one.item}`,
  );
  const rows = [...deliveries.values()].flatMap((all) => {
    const one = all.at(-1);
    return one === undefined ? [] : [letterRow(ids.next('deadLetter'), one, all)];
  });
  const now = clock.now();
  await sql`
    with n as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id text, endpoint_id text, vendor text,
        delivery_key text, item text, reason text, detail text, subject jsonb, refs text[], raw_ref text, raw text,
        raw_headers jsonb, preview text, received_at timestamptz, raw_refs text[]))
    insert into dead_letters as d (tenant_id, id, endpoint_id, vendor, delivery_key, item, reason, detail, subject, refs,
      raw_ref, raw, raw_headers, preview, received_at, first_seen_at, last_seen_at, deliveries)
    select ${tenantId}, id, endpoint_id, vendor, delivery_key, item, reason, detail, subject, refs, raw_ref,
      decode(raw, 'base64'), raw_headers, preview, received_at, ${now}, ${now},
      cardinality(raw_refs)
    from n
    on conflict (tenant_id, endpoint_id, delivery_key, item) do update set
      -- A batch that is handled again was counted up to the delivery that the row names.
      deliveries = d.deliveries + (
        select cardinality(n.raw_refs) - coalesce(array_position(n.raw_refs, d.raw_ref), 0)
        from n where n.id = excluded.id),
      status = case when excluded.raw_headers ? 'requeueOf' then 'open' else d.status end,
      settled_at = case when excluded.raw_headers ? 'requeueOf' then null else d.settled_at end,
      raw_ref = excluded.raw_ref, last_seen_at = excluded.last_seen_at, reason = excluded.reason,
      detail = excluded.detail`.execute(tx);
}

function letterRow(id: string, one: NewDeadLetter, deliveries: readonly NewDeadLetter[]) {
  return {
    id,
    endpoint_id: one.arrival.endpointId,
    vendor: one.arrival.vendor,
    delivery_key: one.arrival.deliveryKey,
    item: one.item,
    reason: one.reason,
    detail: one.detail,
    subject: one.subject,
    refs: (one.subject?.refs ?? []).filter((ref) => ref.own).map(({ system, value }) => `${system}=${value}`),
    raw_ref: one.arrival.rawRef,
    raw_refs: [...new Set(deliveries.map((each) => each.arrival.rawRef))],
    raw: one.raw?.toString('base64') ?? null,
    raw_headers: one.arrival.record.headers,
    preview: one.preview,
    received_at: one.arrival.receivedAt,
  };
}

async function insertDrops(
  tx: Tx,
  tenantId: string,
  drops: readonly NewDrop[],
  { clock }: Deps,
): Promise<void> {
  if (drops.length === 0) return;
  const rows = drops.map((one) => ({
    raw_ref: one.arrival.rawRef,
    item: one.item,
    endpoint_id: one.arrival.endpointId,
    vendor: one.arrival.vendor,
    reason: one.reason,
    detail: one.detail.slice(0, 500),
  }));
  await sql`
    insert into ingest_drops (tenant_id, raw_ref, item, endpoint_id, vendor, reason, detail, dropped_at)
    select ${tenantId}, n.raw_ref, n.item, n.endpoint_id, n.vendor, n.reason, n.detail, ${clock.now()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(raw_ref text, item int, endpoint_id text, vendor text,
      reason text, detail text)
    on conflict do nothing`.execute(tx);
}
