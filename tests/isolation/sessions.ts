import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import { roles, type Role } from '#contracts/roles';
import { authorize, authorizeOwn, type Scope, type Viewer } from '#domain/identity';
import { complianceRoles } from './role-table.ts';

/** The rows that every table is given: two companies, and in each one person of the north and one of the south. */
export const companies = ['ten_own', 'ten_other'] as const;
export const places = ['north', 'south'] as const;
export type Place = (typeof places)[number];

export const idOf = (kind: 'emp' | 'usr' | 'div' | 'loc', company: string, place: Place): string =>
  `${kind}_${company.slice(4)}_${place}`;

/** Somebody of `ten_own` at the database: a role of the product, with what its people may be told by hand. */
export interface RowAsker {
  readonly name: string;
  readonly scope: Scope;
  /** Of whom they may be told. */
  readonly sees: readonly Place[];
  /** Whether rows that are a user's own are held to the user: so for all who see some people only. */
  readonly limited: boolean;
}

const overseer = 'ten_overseer' as TenantId;
const own = 'ten_own' as TenantId;

/** Eleven roles and a field worker, each with the scope that the program makes of their membership. */
export function rowAskers(): RowAsker[] {
  const staff = roles.map((role): RowAsker => {
    const sees = seenBy(role);
    return { name: role, scope: scopeOf(role), sees, limited: sees.length < places.length };
  });
  const worker = viewer({ role: null, employeeId: idOf('emp', own, 'south') as EmployeeId });
  return [...staff, { name: 'field worker', scope: authorizeOwn(worker), sees: ['south'], limited: true }];
}

/** Safety managers have the north, site supervisors the site in the south; billing reaches nobody. */
function seenBy(role: Role): readonly Place[] {
  if (role === 'BillingAdmin') return [];
  if (role === 'SafetyManager') return ['north'];
  return role === 'SiteSupervisor' ? ['south'] : places;
}

function scopeOf(role: Role): Scope {
  const who = viewer({
    role,
    ...(role === 'SafetyManager' && { divisionIds: [idOf('div', own, 'north') as DivisionId] }),
    ...(role === 'SiteSupervisor' && { locationIds: [idOf('loc', own, 'south') as LocationId] }),
  });
  return role === 'BillingAdmin' ? authorize(who, 'view', 'billing') : authorize(who, 'see', 'any-module');
}

function viewer(given: Partial<Viewer['membership']> & { role: Role | null }): Viewer {
  const compliance = given.role !== null && complianceRoles.includes(given.role);
  return {
    user: { id: idOf('usr', own, 'north') as UserId, name: 'One', email: 'one@example.com' },
    membership: {
      id: 'mem_one' as Id<'membership'>,
      tenantId: compliance ? overseer : own,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: compliance ? [own] : [],
      ...given,
    },
    actingTenantId: own,
  };
}
