import type { EndpointId } from '#contracts/ids';
import { sealedBy, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';

type Column = 'secrets' | 'api_key';

const placeOf = (column: Column, id: EndpointId) => ({ table: 'ingest_endpoints', column, row: id });

/** A secret as `ingest_endpoints` holds it: under the tenant's key. */
export async function sealSecret(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: string,
  at: { readonly column: Column; readonly id: EndpointId },
  secret: string,
): Promise<string> {
  const place = placeOf(at.column, at.id);
  const [sealed] = await keys.seal(tx, tenantId, [{ subject: null, place, text: secret }]);
  if (!sealed) throw new Error('a secret was not sealed');
  return sealed;
}

/** Secrets of one tenant's endpoints, in the order given. One that was stored before secrets were sealed comes as it is. */
export async function openSecrets(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  stored: readonly { readonly column: Column; readonly id: EndpointId; readonly text: string }[],
): Promise<string[]> {
  const opened = await keys.open(
    tx,
    tenantId,
    stored.map(({ column, id, text }) => ({
      place: placeOf(column, id),
      text: sealedBy(text) === null ? null : text,
    })),
  );
  return stored.map(({ text, id }, at) => {
    const plain = sealedBy(text) === null ? text : opened[at];
    if (!plain) throw new Error(`a secret of ${id} lies under a key that was destroyed`);
    return plain;
  });
}
