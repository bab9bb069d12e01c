import type { TenantId } from '#contracts/ids';
import type { AlertCause, Alerts } from '#domain/alerts';
import { systemContext, type Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { unheardSince } from './endpoints/unheard.ts';
import { listEndpointHealth, type EndpointHealth } from './endpoints/health.ts';
import { sources } from './sources.ts';

const context = systemContext('vendor watch');

function silenceCause(endpoint: EndpointHealth, since: string): AlertCause {
  const hours = Math.round(endpoint.silenceLimitMs / 3_600_000);
  return {
    dedupeKey: `silent:${endpoint.id}`,
    kind: 'vendor_silent',
    severity: 'warning',
    module: null,
    employeeId: null,
    divisionId: null,
    locationId: null,
    ruleId: null,
    flag: null,
    hold: false,
    title: `${endpoint.name} is silent`,
    detail:
      `Nothing believable since ${since.slice(0, 16).replace('T', ' ')} UTC; the limit is ${hours} h. ` +
      'Flags that depend on it show no data. Ask the vendor, or check the endpoint’s secret.',
    citation: null,
    dueAt: null,
  };
}

/** Raises an alert for each feed that fell silent and ends it when the feed is heard again. One tenant at a time. */
export async function watchVendors(
  deps: { postgres: Postgres; alerts: Alerts; audit: Audit; clock: Clock },
  tenantId: TenantId,
): Promise<void> {
  const at = deps.clock.now();
  await deps.postgres.asTenant(tenantId, async (tx) => {
    const endpoints = await listEndpointHealth(tx, sources);
    const judged = endpoints.map((endpoint) => ({
      endpoint,
      since: unheardSince(endpoint, deps.clock.nowMs()),
    }));
    const causes = judged.flatMap(({ endpoint, since }) =>
      since === null ? [] : [silenceCause(endpoint, since)],
    );
    const ended = judged.flatMap(({ endpoint, since }) => (since === null ? [`silent:${endpoint.id}`] : []));
    const drafts = await deps.alerts.settle(tx, tenantId, { causes, ended, at, context });
    await deps.audit.append(tx, tenantId, drafts);
  });
}
