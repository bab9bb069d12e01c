import { createHmac } from 'node:crypto';
import type { Pseudonyms } from './visibility.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Pseudonyms by keyed hash: stable within a tenant, different between tenants, not reversible without `secret`
 * (at least 32 bytes). Two people of 100,000 share one with a chance below 1 in 200,000.
 */
export function createPseudonyms(secret: Uint8Array): Pseudonyms {
  return {
    name: (tenantId, employeeId) => {
      const bytes = createHmac('sha256', secret).update(`${tenantId}\n${employeeId}`).digest();
      const letters = Array.from({ length: 10 }, (_, at) => crockford[(bytes[at] ?? 0) % 32]);
      return `Person ${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`;
    },
  };
}
