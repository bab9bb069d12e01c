import path from 'node:path';
import type { TenantId } from '#contracts/ids';
import { createEmbeddedClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPostgres } from '#platform/postgres';
import { compareEffects, type Findings } from '../support/effects.ts';

/** Opens the stopped server's engines and compares what is there with what was acknowledged. */
export async function verifyFolder(
  folder: string,
  tenantId: TenantId,
  expected: { acknowledged: ReadonlySet<string>; sent: ReadonlySet<string> },
): Promise<Findings> {
  const log = createSilentLog();
  const postgres = await createEmbeddedPostgres({
    dir: path.join(folder, 'postgres'),
    log,
    clock: systemClock,
  });
  const clickhouse = await createEmbeddedClickHouse({
    dir: path.join(folder, 'clickhouse'),
    log,
    database: 'plumbline',
  });
  try {
    return await compareEffects({ postgres, clickhouse }, tenantId, expected);
  } finally {
    await clickhouse.close();
    await postgres.close();
  }
}
