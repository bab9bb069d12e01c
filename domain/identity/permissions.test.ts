import { describe, expect, it } from 'vitest';
import { areas, rights, roles, type Area, type Right, type Role } from '#contracts/roles';
import type { TenantId, UserId } from '#contracts/ids';
import { authorize, can } from './authorize.ts';
import { permissions, portals } from './permissions.ts';
import type { Viewer } from './viewer.ts';

// Transcribed from the product's permission matrix, not from the code. One line per role; ADM is administration.
const table = `
role              | drug_alcohol | background | dot  | health | training | geofence | billing | ADM
CompanyAdmin      | VWAX         | VWAX       | VWAX | VWAX   | VWAX     | VWAX     | VW      | VWA
SafetyManager     | VW           | S          | V    | VW     | VWX      | VW       | –       | V
DER               | VWAX         | VWAX       | VWAX | V      | V        | V        | –       | V
SiteSupervisor    | S            | S          | S    | S      | V        | VW       | –       | –
HROnboarding      | VW           | VW         | V    | S      | VW       | –        | –       | –
BillingAdmin      | –            | –          | –    | –      | –        | –        | VWX     | –
ReadOnlyAuditor   | VX           | VX         | VX   | VX     | VX       | VX       | –       | V
ComplianceManager | VWAX         | VWAX       | VWAX | VWAX   | VWAX     | VWAX     | V       | VWA
AuditManager      | VAX          | VAX        | VAX  | VAX    | VAX      | VAX      | –       | V
SeniorAuditor     | V            | V          | V    | V      | V        | V        | –       | V
Auditor           | D            | D          | D    | D      | D        | D        | –       | –`;

const letters: Record<string, Right> = {
  V: 'view',
  S: 'status',
  W: 'write',
  A: 'approve',
  X: 'export',
  D: 'deidentified',
};

const rows = table.trim().split('\n').slice(1);
const cells = rows.flatMap((line) => {
  const [role, ...marks] = line.split('|').map((part) => part.trim());
  return areas.map((area, column) => {
    const mark = marks[column] ?? '';
    const held = mark === '–' ? [] : mark.split('').map((letter) => letters[letter]);
    return { role: role as Role, area, held };
  });
});

function viewerWith(role: Role): Viewer {
  const compliance = (portals.compliance as readonly Role[]).includes(role);
  const home = (compliance ? 'ten_overseer' : 'ten_service') as TenantId;
  return {
    user: { id: 'usr_1' as UserId, name: 'Ann', email: 'ann@example.com' },
    membership: {
      id: 'mem_1' as Viewer['membership']['id'],
      tenantId: home,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: compliance ? ['ten_service' as TenantId] : [],
    },
    actingTenantId: 'ten_service' as TenantId,
  };
}

describe('permission matrix', () => {
  it('has eleven roles and eight areas, each role in one portal', () => {
    expect(cells).toHaveLength(88);
    expect(rows.map((line) => line.split('|')[0]?.trim())).toEqual([...roles]);
    expect([...portals.service, ...portals.compliance].toSorted()).toEqual([...roles].toSorted());
  });

  it.each(cells)('$role in $area holds $held', ({ role, area, held }) => {
    expect(new Set(permissions[role][area])).toEqual(new Set(held));
  });

  it.each(cells)('authorize of $role in $area grants what the cell says and refuses the rest', (cell) => {
    for (const right of rights) {
      const allowed = cell.held.includes(right) || (right === 'status' && cell.held.includes('view'));
      expect(attempt(cell.role, right, cell.area)).toBe(allowed ? 'granted' : 'identity.right_missing');
    }
  });
});

function attempt(role: Role, right: Right, area: Area): string {
  try {
    const scope = authorize(viewerWith(role), right, area);
    return can(scope, right, area) ? 'granted' : 'inconsistent';
  } catch (error) {
    return (error as { code?: string }).code ?? 'unexpected';
  }
}
