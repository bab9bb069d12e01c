import { systemContext, createAudit } from '#domain/audit';
import type { TenantId } from '#contracts/ids';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { randomIds } from '#platform/ids';
import { createSilentLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { createEndpoints, type MadeEndpoint } from '../../ingest/endpoints/service.ts';
import { sources } from '../../ingest/sources.ts';
import { openKeys } from '../../src/lib/server/keys.ts';

/**
 * Gives a company one more endpoint with a rate of its own, in the database of a server that is stopped: the demo's own
 * endpoints take more than a test can send. `env`: the settings of that server.
 */
export async function addSlowDoor(
  env: Readonly<Record<string, string>>,
  tenantId: TenantId,
  ratePerMinute: number,
): Promise<MadeEndpoint> {
  const clock = systemClock;
  const ids = randomIds;
  const config = loadConfig(env);
  const keys = openKeys(config, { log: createSilentLog(), clock, ids });
  const postgres = await openPostgres(config, {
    log: createSilentLog(),
    clock,
  });
  try {
    const audit = createAudit({ clock, ids, keys });
    const endpoints = createEndpoints({ postgres, audit, clock, ids, keys, sources });
    const endpoint = { vendor: 'standard-webhooks', name: 'Slow door', ratePerMinute };
    return await postgres.asTenant(tenantId, (tx) =>
      endpoints.insert(tx, tenantId, endpoint, systemContext('test')),
    );
  } finally {
    await postgres.close();
  }
}
