import type { TenantId } from '#contracts/ids';
import { sealStoredPeople } from '#domain/people';
import { sealStoredRecords } from '#domain/records';
import { sealStoredSecrets } from '#ingest';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';

/** Rows of each kind in one transaction: an end in between loses nothing, and the next call goes on. */
const batchSize = 500;

/**
 * Seals what a company had stored before it was sealed at once. Nothing is left to do on an installation that began with
 * it, and finding that out costs a look at a few indexes.
 * @returns how many rows were sealed.
 */
export async function sealStored(postgres: Postgres, keys: Keys, tenantId: TenantId): Promise<number> {
  const steps = [sealStoredPeople, sealStoredRecords];
  let total = await postgres.asTenant(tenantId, (tx) => sealStoredSecrets(keys, tx, tenantId, false));
  for (const step of steps) {
    for (;;) {
      const done = await postgres.asTenant(tenantId, (tx: Tx) => step(keys, tx, tenantId, batchSize));
      total += done;
      if (done === 0) break;
    }
  }
  return total;
}
