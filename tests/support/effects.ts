import { sql } from 'kysely';
import type { TenantId } from '#contracts/ids';
import { verifyAudit } from '#domain/audit';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';

export interface Findings {
  expectedEvents: number;
  /** Acknowledged, but without effect. */
  lost: number;
  /** More than one row of the same fact. */
  doubled: number;
  /** Rows that no message stands for. */
  unexplained: number;
  warehouseRows: number;
  warehouseMissing: number;
  warehouseDoubled: number;
  auditMissing: number;
  auditDoubled: number;
  deadLetters: number;
  auditEntries: number;
  chainOk: boolean;
}

interface Stored {
  ids: ReadonlySet<string>;
  keys: ReadonlyMap<string, number>;
  audited: ReadonlyMap<string, number>;
  deadLetters: number;
}

async function readStored(postgres: Postgres, tenantId: TenantId): Promise<Stored> {
  return postgres.asTenant(tenantId, async (tx) => {
    const events = await sql<{ id: string; vendor: string; dedupe_key: string }>`
      select id, vendor, dedupe_key from compliance_events`.execute(tx);
    const audited = await sql<{ id: string; times: number }>`
      select subject_id as id, count(*)::int as times from audit_entries
      where act = 'records:event:apply' group by 1`.execute(tx);
    const letters = await sql<{ times: number }>`select count(*)::int as times from dead_letters`.execute(tx);
    const keys = new Map<string, number>();
    for (const row of events.rows) {
      const key = `${row.vendor} ${row.dedupe_key}`;
      keys.set(key, (keys.get(key) ?? 0) + 1);
    }
    return {
      ids: new Set(events.rows.map((row) => row.id)),
      keys,
      audited: new Map(audited.rows.map((row) => [row.id, row.times])),
      deadLetters: letters.rows[0]?.times ?? 0,
    };
  });
}

/** The facts (`vendor dedupe-key`) that have had an effect. */
export async function storedFacts(postgres: Postgres, tenantId: TenantId): Promise<string[]> {
  return [...(await readStored(postgres, tenantId)).keys.keys()];
}

async function readWarehouse({ client }: ClickHouse, tenantId: TenantId): Promise<Map<string, number>> {
  // Without FINAL: what is there, not what a merge would make of it.
  const result = await client.query({
    query:
      'select id, count() as times from compliance_events where tenant_id = {tenant: String} group by id',
    query_params: { tenant: tenantId },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ id: string; times: string }>();
  return new Map(rows.map((row) => [row.id, Number(row.times)]));
}

const more = (counts: Iterable<number>) => [...counts].filter((times) => times > 1).length;

/** Compares what both databases hold of a tenant with the facts (`vendor dedupe-key`) that vendors sent. */
export async function compareEffects(
  { postgres, clickhouse }: { postgres: Postgres; clickhouse: ClickHouse },
  tenantId: TenantId,
  expected: { acknowledged: ReadonlySet<string>; sent: ReadonlySet<string> },
): Promise<Findings> {
  const stored = await readStored(postgres, tenantId);
  const verification = await verifyAudit(postgres, tenantId);
  const warehouse = await readWarehouse(clickhouse, tenantId);
  return {
    expectedEvents: expected.acknowledged.size,
    lost: [...expected.acknowledged].filter((key) => !stored.keys.has(key)).length,
    doubled: more(stored.keys.values()),
    unexplained: [...stored.keys.keys()].filter((key) => !expected.sent.has(key)).length,
    warehouseRows: warehouse.size,
    warehouseMissing: [...stored.ids].filter((id) => !warehouse.has(id)).length,
    warehouseDoubled: more(warehouse.values()),
    auditMissing: [...stored.ids].filter((id) => !stored.audited.has(id)).length,
    auditDoubled: more(stored.audited.values()),
    deadLetters: stored.deadLetters,
    auditEntries: verification.entries,
    chainOk: verification.ok,
  };
}
