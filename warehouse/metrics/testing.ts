import type { Id, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Membership, Viewer } from '#domain/identity';
import { testId } from '../loading/testing.ts';

/** A viewer of one company, for tests. Null role: a field worker. */
export function testViewer(tenantId: string, role: Role | null, over: Partial<Membership> = {}): Viewer {
  return {
    user: { id: testId('user', 1) as UserId, name: 'Viewer', email: 'viewer@example.com' },
    membership: {
      id: testId('membership', 1) as Id<'membership'>,
      tenantId: tenantId as TenantId,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
      ...over,
    },
    actingTenantId: tenantId as TenantId,
  };
}
