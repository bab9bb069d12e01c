import { describe, expect, it } from 'vitest';
import type { DivisionId, EmployeeId, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { modules } from '#contracts/modules';
import {
  authorize,
  authorizeOwn,
  can,
  canChangeRoster,
  covers,
  isDeidentified,
  visibilityOf,
} from './authorize.ts';
import type { Membership, Viewer } from './viewer.ts';

const service = 'ten_service' as TenantId;
const other = 'ten_other' as TenantId;
const overseer = 'ten_overseer' as TenantId;
const north = 'div_north' as DivisionId;
const yard = 'loc_yard' as LocationId;
const me = 'emp_me' as EmployeeId;

function viewer(
  role: Role | null,
  change: Partial<Membership> = {},
  actingTenantId: TenantId = service,
): Viewer {
  return {
    user: { id: 'usr_1' as UserId, name: 'Ann', email: 'ann@example.com' },
    membership: {
      id: 'mem_1' as Membership['id'],
      tenantId: service,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
      ...change,
    },
    actingTenantId,
  };
}

const person = { tenantId: service, employeeId: 'emp_x', divisionId: north, locationId: yard };
const elsewhere = { tenantId: service, employeeId: 'emp_y', divisionId: 'div_south', locationId: 'loc_port' };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'no error';
}

describe('authorize', () => {
  it('says which right is missing, where, and for which role', () => {
    expect(() => authorize(viewer('HROnboarding'), 'approve', 'drug_alcohol')).toThrow(
      'You need the right to approve in Drug & alcohol (approve); your role is HR onboarding.',
    );
  });

  it('lets a service role act in its own tenant only', () => {
    expect(codeOf(() => authorize(viewer('CompanyAdmin', {}, other), 'view', 'dot'))).toBe(
      'identity.tenant_not_reached',
    );
  });

  it('lets a compliance company act for the companies it reaches', () => {
    const auditor = viewer('AuditManager', { tenantId: overseer, actsFor: [service] });
    const scope = authorize(auditor, 'approve', 'health');
    expect(scope).toMatchObject({ tenantId: service, homeTenantId: overseer, role: 'AuditManager' });
    expect(codeOf(() => authorize({ ...auditor, actingTenantId: other }, 'view', 'health'))).toBe(
      'identity.tenant_not_reached',
    );
  });

  it('any-module asks for the right in at least one module', () => {
    expect(codeOf(() => authorize(viewer('BillingAdmin'), 'see', 'any-module'))).toBe(
      'identity.right_missing',
    );
    expect(authorize(viewer('SiteSupervisor'), 'write', 'any-module').tenantId).toBe(service);
    expect(codeOf(() => authorize(viewer('SiteSupervisor'), 'export', 'any-module'))).toBe(
      'identity.right_missing',
    );
  });
});

describe('places', () => {
  it('limits a safety manager to divisions or locations', () => {
    const byDivision = authorize(viewer('SafetyManager', { divisionIds: [north] }), 'view', 'dot');
    expect([covers(byDivision, person), covers(byDivision, elsewhere)]).toEqual([true, false]);
    const either = authorize(
      viewer('SafetyManager', { divisionIds: ['div_west' as DivisionId], locationIds: [yard] }),
      'view',
      'dot',
    );
    expect([covers(either, person), covers(either, elsewhere)]).toEqual([true, false]);
  });

  it('shows nobody to a limited role that has nothing assigned', () => {
    for (const role of ['SafetyManager', 'SiteSupervisor'] as const) {
      expect(covers(authorize(viewer(role), 'see', 'dot'), person)).toBe(false);
    }
  });

  it('ignores limits for roles that reach the whole tenant, and never leaves the tenant', () => {
    const scope = authorize(viewer('DER', { locationIds: [] }), 'view', 'dot');
    expect(covers(scope, elsewhere)).toBe(true);
    expect(covers(scope, { ...person, tenantId: other })).toBe(false);
  });

  it('ignores the divisions of a site supervisor', () => {
    const scope = authorize(viewer('SiteSupervisor', { divisionIds: [north] }), 'see', 'dot');
    expect(covers(scope, person)).toBe(false);
  });
});

describe('own record', () => {
  const worker = viewer(null, { employeeId: me });

  it('is all that a field worker sees, in every module, to view only', () => {
    const scope = authorize(worker, 'view', 'drug_alcohol');
    expect(scope).toMatchObject({ role: null, ownEmployeeId: me, divisionIds: null, locationIds: null });
    expect(modules.map((module) => visibilityOf(scope, module))).toEqual(modules.map(() => 'full'));
    expect(covers(scope, { ...person, employeeId: me })).toBe(true);
    expect(covers(scope, person)).toBe(false);
    expect(Object.values(scope.rights).flat()).toEqual([]);
    expect(codeOf(() => authorize(worker, 'write', 'drug_alcohol'))).toBe('identity.right_missing');
    expect(codeOf(() => authorize(worker, 'view', 'administration'))).toBe('identity.right_missing');
  });

  it('is open to every role that has one, even where the role sees nothing', () => {
    const scope = authorizeOwn(viewer('BillingAdmin', { employeeId: me }));
    expect(can(scope, 'view', 'health')).toBe(true);
    expect(can(scope, 'write', 'billing')).toBe(false);
    expect(canChangeRoster(authorizeOwn(viewer('CompanyAdmin', { employeeId: me })))).toBe(false);
  });

  it('is refused without a link, and in another company', () => {
    expect(codeOf(() => authorizeOwn(viewer('CompanyAdmin')))).toBe('identity.no_own_record');
    const away = viewer('Auditor', { tenantId: overseer, actsFor: [service], employeeId: me });
    expect(codeOf(() => authorizeOwn(away))).toBe('identity.no_own_record');
  });

  it('a user with neither role nor record gets nothing', () => {
    expect(codeOf(() => authorize(viewer(null), 'see', 'any-module'))).toBe('identity.right_missing');
  });
});

describe('sight', () => {
  it('is status, full, de-identified or none by the cell', () => {
    const hr = authorize(viewer('HROnboarding'), 'see', 'any-module');
    expect([visibilityOf(hr, 'health'), visibilityOf(hr, 'dot'), visibilityOf(hr, 'geofence')]).toEqual([
      'status',
      'full',
      'none',
    ]);
    const auditor = authorize(
      viewer('Auditor', { tenantId: overseer, actsFor: [service] }),
      'deidentified',
      'dot',
    );
    expect(isDeidentified(auditor)).toBe(true);
    expect(visibilityOf(auditor, 'dot')).toBe('deidentified');
    expect(can(auditor, 'view', 'dot')).toBe(false);
    expect(isDeidentified(hr)).toBe(false);
  });
});

describe('roster', () => {
  it('is changed by the roles that run it', () => {
    expect(canChangeRoster(authorize(viewer('HROnboarding'), 'see', 'any-module'))).toBe(true);
    for (const role of ['SafetyManager', 'DER', 'Auditor'] as const) {
      expect(canChangeRoster(authorize(viewer(role), 'see', 'any-module'))).toBe(false);
    }
  });
});
