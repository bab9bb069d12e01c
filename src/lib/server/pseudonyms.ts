import { createHmac, hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pseudonyms } from './visibility.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Pseudonyms by keyed hash: each tenant has a key of its own, drawn from `secret` (at least 32 bytes). Stable within a
 * tenant, different between tenants, not reversible without the key. Two people of 100,000 share one with a chance below 1 in 200,000.
 */
export function createPseudonyms(secret: Uint8Array): Pseudonyms {
  const keys = new LRUCache<string, Uint8Array>({ max: 1000 });
  const keyOf = (tenantId: string): Uint8Array => {
    const known = keys.get(tenantId);
    if (known !== undefined) return known;
    const key = new Uint8Array(hkdfSync('sha256', secret, '', `pseudonyms of ${tenantId}`, 32));
    keys.set(tenantId, key);
    return key;
  };
  return {
    name: (tenantId, employeeId) => {
      const bytes = createHmac('sha256', keyOf(tenantId)).update(employeeId).digest();
      const letters = Array.from({ length: 10 }, (_, at) => crockford[(bytes[at] ?? 0) % 32]);
      return `Person ${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`;
    },
  };
}
