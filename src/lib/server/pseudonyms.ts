import { createHmac } from 'node:crypto';
import { idPrefixes, type EmployeeId } from '#contracts/ids';
import type { Pseudonyms } from './visibility.ts';

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Pseudonyms by keyed hash: stable within a tenant, different between tenants, not reversible without `secret`
 * (at least 32 bytes). The id has the form of an employee id, so that screens need no second kind of row.
 */
export function createPseudonyms(secret: Uint8Array): Pseudonyms {
  const digest = (tenantId: string, employeeId: string): Buffer =>
    createHmac('sha256', secret).update(`${tenantId}\n${employeeId}`).digest();
  return {
    employeeId: (tenantId, employeeId) => {
      const bytes = digest(tenantId, employeeId);
      const letters = Array.from(
        { length: 26 },
        (_, at) => crockford[(bytes[at] ?? 0) % (at === 0 ? 8 : 32)],
      );
      return `${idPrefixes.employee}_${letters.join('')}` as EmployeeId;
    },
    name: (tenantId, employeeId) => {
      const bytes = digest(tenantId, employeeId);
      const letters = Array.from({ length: 6 }, (_, at) => crockford[(bytes[at] ?? 0) % 32]);
      return `Person ${letters.join('').toUpperCase()}`;
    },
  };
}
