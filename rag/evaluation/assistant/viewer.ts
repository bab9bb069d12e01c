import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Viewer } from '#domain/identity';
import { trialPlaces } from './people.ts';

/** Somebody of the made-up company: who has a place of their own gets one, a field worker has their own record. */
export function trialViewer(role: Role | null): Viewer {
  const { tenantId, divisionIds, locationIds, employeeId } = trialPlaces;
  return {
    user: { id: 'usr_00000000000000000000000001' as UserId, name: 'Asker', email: 'asker@example.com' },
    membership: {
      id: 'mem_00000000000000000000000001' as Id<'membership'>,
      tenantId: tenantId as TenantId,
      role,
      divisionIds:
        role === 'SafetyManager' ? (divisionIds as readonly string[] as readonly DivisionId[]) : null,
      locationIds:
        role === 'SiteSupervisor' ? (locationIds as readonly string[] as readonly LocationId[]) : null,
      employeeId: role === null ? (employeeId as EmployeeId) : null,
      actsFor: [],
    },
    actingTenantId: tenantId as TenantId,
  };
}
