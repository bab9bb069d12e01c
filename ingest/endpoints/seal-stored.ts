import { sql } from 'kysely';
import type { EndpointId, TenantId } from '#contracts/ids';
import { sealedBy, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { openSecrets, sealSecret } from './secrets.ts';

/**
 * Seals the tenant's endpoint secrets that were stored as text; with `again` all of them, under the tenant's present key.
 * @returns how many endpoints changed.
 */
export async function sealStoredSecrets(
  keys: Pick<Keys, 'seal' | 'open'>,
  tx: Tx,
  tenantId: TenantId,
  again: boolean,
): Promise<number> {
  const { rows } = await sql<{ id: EndpointId; secrets: string[]; api_key: string | null }>`
    select id, secrets, api_key from ingest_endpoints where tenant_id = ${tenantId} order by id for update`.execute(
    tx,
  );
  let changed = 0;
  for (const { id, secrets, api_key: apiKey } of rows) {
    const stored = [
      ...secrets.map((text) => ({ column: 'secrets' as const, id, text })),
      ...(apiKey === null ? [] : [{ column: 'api_key' as const, id, text: apiKey }]),
    ];
    if (!again && stored.every(({ text }) => sealedBy(text) !== null)) continue;
    const plain = await openSecrets(keys, tx, tenantId, stored);
    const sealed: string[] = [];
    for (const [at, { column }] of stored.entries()) {
      sealed.push(await sealSecret(keys, tx, tenantId, { column, id }, plain[at] ?? ''));
    }
    await sql`
      update ingest_endpoints set secrets = ${sealed.slice(0, secrets.length)}::text[],
        api_key = ${apiKey === null ? null : (sealed.at(-1) ?? null)}
      where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
    changed += 1;
  }
  return changed;
}
