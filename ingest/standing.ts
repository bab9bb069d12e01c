import { sql } from 'kysely';
import type { Tx } from '#platform/postgres';

/** How one vendor's feeds stand, over all companies. */
export interface VendorStanding {
  readonly vendor: string;
  /** Endpoints in use. */
  readonly endpoints: number;
  /** Of these, silent for longer than they may be. One that never heard anything is not silent but waits. */
  readonly silent: number;
  readonly lastAcceptedAtMs: number | null;
  readonly openDeadLetters: number;
}

interface Row {
  vendor: string;
  endpoints: string;
  silent: string;
  last_accepted_at: Date | null;
  open_letters: string;
}

/** All vendors that any company connected. In a system transaction; a company's own view is `endpoints.list`. */
export async function readVendorStanding(tx: Tx, at: string): Promise<VendorStanding[]> {
  const { rows } = await sql<Row>`
    with feeds as (
      select e.vendor, count(*) as endpoints, max(h.last_accepted_at) as last_accepted_at,
        count(*) filter (
          where h.last_accepted_at < ${at}::timestamptz - make_interval(hours => e.silence_h)) as silent
      from ingest_endpoints e left join ingest_endpoint_health h on h.tenant_id = e.tenant_id and h.endpoint_id = e.id
      where e.status = 'active' group by e.vendor),
    letters as (select vendor, count(*) as open_letters from dead_letters where status = 'open' group by vendor)
    select vendor, coalesce(endpoints, 0) as endpoints, coalesce(silent, 0) as silent, last_accepted_at,
      coalesce(open_letters, 0) as open_letters
    from feeds full join letters using (vendor) order by vendor`.execute(tx);
  return rows.map((row) => ({
    vendor: row.vendor,
    endpoints: Number(row.endpoints),
    silent: Number(row.silent),
    lastAcceptedAtMs: row.last_accepted_at?.getTime() ?? null,
    openDeadLetters: Number(row.open_letters),
  }));
}
