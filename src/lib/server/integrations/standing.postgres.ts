import { sql } from 'kysely';
import { modules } from '#contracts/modules';
import { visibilityOf, type Scope } from '#domain/identity';
import { visibleEmployees } from '#domain/people';
import type { Postgres } from '#platform/postgres';

/** What hangs on each vendor line of a company. */
export interface VendorStanding {
  /** Median and 99th percentile from the door to the changed flag, ms, by endpoint; of the newest changes of 24 hours. */
  readonly lags: ReadonlyMap<string, { medianMs: number; p99Ms: number }>;
  /** People in scope with a flag that claims nothing for silence and rests on this vendor's messages, by vendor. */
  readonly stalePeople: ReadonlyMap<string, number>;
}

const changesLookedAt = 2000;

/** Two questions to the database: the newest changes by their time index, the stale flags by their colour index. */
export function createStandingReader(postgres: Postgres) {
  return (scope: Scope, at: string): Promise<VendorStanding> =>
    postgres.asViewer(scope, async (tx) => {
      const lags = await sql<{ endpoint_id: string; median_ms: string; p99_ms: string }>`
        select e.endpoint_id,
          extract(epoch from percentile_cont(0.5) within group (order by h.recorded_at - e.received_at)) * 1000 as median_ms,
          extract(epoch from percentile_cont(0.99) within group (order by h.recorded_at - e.received_at)) * 1000 as p99_ms
        from (select cause_event_ids[1] as event_id, recorded_at from flag_history
          where tenant_id = ${scope.tenantId} and recorded_at > ${at}::timestamptz - interval '24 hours'
          order by recorded_at desc limit ${changesLookedAt}) h
        join compliance_events e on e.tenant_id = ${scope.tenantId} and e.id = h.event_id
        where e.endpoint_id is not null group by e.endpoint_id`.execute(tx);
      const readable = modules.filter((module) => visibilityOf(scope, module) !== 'none');
      const stale = await sql<{ vendor: string; people: number }>`
        select c.vendor, count(distinct f.employee_id)::int as people
        from flags f
        join employees p on p.tenant_id = f.tenant_id and p.id = f.employee_id
        join compliance_events c on c.tenant_id = f.tenant_id and c.employee_id = f.employee_id and c.module = f.module
        where f.tenant_id = ${scope.tenantId} and f.flag = any('{stale,red}'::text[])
          and f.module = any(${readable}::text[]) and f.decision @? '$.reasons[*] ? (@.flag == "stale")' and ${visibleEmployees(scope, 'p')}
        group by c.vendor`.execute(tx);
      return {
        lags: new Map(
          lags.rows.map((row) => [
            row.endpoint_id,
            { medianMs: Number(row.median_ms), p99Ms: Number(row.p99_ms) },
          ]),
        ),
        stalePeople: new Map(stale.rows.map((row) => [row.vendor, row.people])),
      };
    });
}

export type ReadStanding = ReturnType<typeof createStandingReader>;
