import { sql } from 'kysely';
import type { EndpointId, TenantId } from '#contracts/ids';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import type { EndpointCounts } from '../door/counters.ts';
import type { EndpointRecord } from '../door/directory.ts';
import { openSecrets } from './secrets.ts';

interface Row {
  id: EndpointId;
  tenant_id: TenantId;
  vendor: string;
  secrets: string[];
  settings: Record<string, unknown>;
  rate_per_minute: number | null;
  status: 'active' | 'disabled';
  admits_people: boolean;
  api_url: string | null;
  api_key: string | null;
}

/** Every endpoint of every tenant, for the door's directory. */
export function loadEndpoints(postgres: Postgres, keys: Pick<Keys, 'open'>): Promise<EndpointRecord[]> {
  return postgres.asSystem(async (tx) => {
    const { rows } = await sql<Row>`select id, tenant_id, vendor, secrets, settings, rate_per_minute, status,
      admits_people, api_url,
      api_key from ingest_endpoints`.execute(tx);
    const opened: Row[] = [];
    for (const [tenantId, own] of Map.groupBy(rows, (row) => row.tenant_id)) {
      opened.push(...(await withSecrets(keys, tx, tenantId, own)));
    }
    return opened.map((row) => ({
      id: row.id,
      tenantId: row.tenant_id,
      vendor: row.vendor,
      secrets: row.secrets,
      settings: row.settings,
      ratePerMinute: row.rate_per_minute,
      active: row.status === 'active',
      admitsPeople: row.admits_people,
      api: row.api_key === null ? null : { url: row.api_url, key: row.api_key },
    }));
  });
}

async function withSecrets(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: TenantId,
  rows: readonly Row[],
): Promise<Row[]> {
  const stored = rows.flatMap(({ id, secrets, api_key: apiKey }) => [
    ...secrets.map((text) => ({ column: 'secrets' as const, id, text })),
    ...(apiKey === null ? [] : [{ column: 'api_key' as const, id, text: apiKey }]),
  ]);
  const opened = await openSecrets(keys, tx, tenantId, stored);
  const textOf = new Map(stored.map(({ text }, at) => [text, opened[at] ?? text]));
  return rows.map((row) => ({
    ...row,
    secrets: row.secrets.map((text) => textOf.get(text) ?? text),
    api_key: row.api_key === null ? null : (textOf.get(row.api_key) ?? row.api_key),
  }));
}

/** Adds what one process counted to the stored health, whichever order processes write in. */
export async function addHealth(tx: Tx, counts: readonly EndpointCounts[]): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map((one) => ({
    tenant_id: one.tenantId,
    endpoint_id: one.endpointId,
    accepted: one.accepted,
    refused: [...one.refused.values()].reduce((sum, count) => sum + count, 0),
    accepted_at: instant(one.lastAcceptedAtMs),
    refused_at: instant(one.lastRefusedAtMs),
    refused_reason: one.lastRefusedReason,
    failing_since: instant(one.failingSinceMs),
  }));
  await sql`
    insert into ingest_endpoint_health as h (tenant_id, endpoint_id, accepted, refused, last_accepted_at,
      last_refused_at, last_refused_reason, failing_since)
    select n.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(tenant_id text, endpoint_id text,
      accepted bigint, refused bigint, accepted_at timestamptz, refused_at timestamptz, refused_reason text,
      failing_since timestamptz)
    join ingest_endpoints e on e.tenant_id = n.tenant_id and e.id = n.endpoint_id
    on conflict (tenant_id, endpoint_id) do update set
      accepted = h.accepted + excluded.accepted,
      refused = h.refused + excluded.refused,
      last_accepted_at = greatest(h.last_accepted_at, excluded.last_accepted_at),
      last_refused_at = greatest(h.last_refused_at, excluded.last_refused_at),
      last_refused_reason = coalesce(excluded.last_refused_reason, h.last_refused_reason),
      failing_since = case
        when excluded.last_accepted_at is not null then excluded.failing_since
        else coalesce(h.failing_since, excluded.failing_since) end`.execute(tx);
  await addRefusals(tx, counts);
}

async function addRefusals(tx: Tx, counts: readonly EndpointCounts[]): Promise<void> {
  const rows = counts.flatMap((one) =>
    [...one.refused].map(([reason, refused]) => ({
      tenant_id: one.tenantId,
      endpoint_id: one.endpointId,
      reason,
      refused,
      last_at: instant(one.lastRefusedAtMs),
    })),
  );
  if (rows.length === 0) return;
  await sql`
    insert into ingest_endpoint_refusals as r (tenant_id, endpoint_id, reason, refused, last_at)
    select n.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(tenant_id text, endpoint_id text,
      reason text, refused bigint, last_at timestamptz)
    join ingest_endpoints e on e.tenant_id = n.tenant_id and e.id = n.endpoint_id
    on conflict (tenant_id, endpoint_id, reason) do update set
      refused = r.refused + excluded.refused, last_at = greatest(r.last_at, excluded.last_at)`.execute(tx);
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
