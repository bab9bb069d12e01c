import type { Clock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createKeys, type Keys } from './keys.ts';
import { createLocalKms, newMasterKey } from './kms.ts';

/** Keys under a master key that ends with this process: for databases that end with it too. */
export function createTemporaryKeys(clock: Clock): Keys {
  return createKeys({ kms: createLocalKms([newMasterKey()]), clock, ids: randomIds });
}
