import { describe, expect, test } from 'vitest';
import type { DivisionId, EmployeeId, LocationId, TenantId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { authorize, authorizeOwn, type Membership } from '#domain/identity';
import { testId } from '../loading/testing.ts';
import { toScopeParams } from './scope.ts';
import { testViewer } from './testing.ts';

const tenantId = testId('tenant', 1) as TenantId;
const division = testId('division', 1) as DivisionId;
const location = testId('location', 1) as LocationId;

const paramsOf = (role: Role, over: Partial<Membership> = {}) =>
  toScopeParams(authorize(testViewer(tenantId, role, over), 'see', 'any-module'), 'others', {});

describe('scope as parameters', () => {
  test('a company admin is not limited', () => {
    expect(paramsOf('CompanyAdmin')).toMatchObject({
      tenant: tenantId,
      everyone: 1,
      employee: '',
      mask: 0xffffff,
    });
  });

  test('divisions or locations limit; an empty list shows nobody', () => {
    expect(paramsOf('SafetyManager', { divisionIds: [division], locationIds: [location] })).toMatchObject({
      everyone: 0,
      divisions: [division],
      locations: [location],
    });
    expect(paramsOf('SafetyManager')).toMatchObject({ everyone: 0, divisions: [], locations: [] });
    expect(paramsOf('SiteSupervisor')).toMatchObject({ everyone: 0, divisions: [], locations: [] });
  });

  test('a module that the role does not show is left out of every number', () => {
    const params = paramsOf('HROnboarding');
    expect(params.modules).not.toContain('geofence');
    expect(params.mask).toBe(0x0fffff);
  });

  test('an own-record viewer is limited to that record', () => {
    const employeeId = testId('employee', 7) as EmployeeId;
    const scope = authorizeOwn(testViewer(tenantId, null, { employeeId }));
    expect(toScopeParams(scope, 'others', {})).toMatchObject({ everyone: 1, employee: employeeId });
  });

  test('a filter narrows the modules, and cannot name a hidden one', () => {
    const scope = authorize(testViewer(tenantId, 'HROnboarding'), 'see', 'any-module');
    expect(toScopeParams(scope, 'others', { module: 'dot' })).toMatchObject({
      modules: ['dot'],
      mask: 0xf00,
    });
    expect(() => toScopeParams(scope, 'others', { module: 'geofence' })).toThrow(
      'warehouse.module_not_visible',
    );
  });
});
