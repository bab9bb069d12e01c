import { areas, type Area, type Right, type Role } from '#contracts/roles';

/**
 * The permission matrix: eleven roles × eight areas.
 * V view · S status colour only · W write · A approve · X export · D de-identified view and export · - nothing.
 */
export const permissions = {
  //                  drug_alcohol        background        dot           health          training          geofence
  CompanyAdmin: row('VWAX', 'VWAX', 'VWAX', 'VWAX', 'VWAX', 'VWAX', { billing: 'VW', administration: 'VWA' }),
  SafetyManager: row('VW', 'S', 'V', 'VW', 'VWX', 'VW', { billing: '-', administration: 'V' }),
  DER: row('VWAX', 'VWAX', 'VWAX', 'V', 'V', 'V', { billing: '-', administration: 'V' }),
  SiteSupervisor: row('S', 'S', 'S', 'S', 'V', 'VW', { billing: '-', administration: '-' }),
  HROnboarding: row('VW', 'VW', 'V', 'S', 'VW', '-', { billing: '-', administration: '-' }),
  BillingAdmin: row('-', '-', '-', '-', '-', '-', { billing: 'VWX', administration: '-' }),
  ReadOnlyAuditor: row('VX', 'VX', 'VX', 'VX', 'VX', 'VX', { billing: '-', administration: 'V' }),
  ComplianceManager: row('VWAX', 'VWAX', 'VWAX', 'VWAX', 'VWAX', 'VWAX', {
    billing: 'V',
    administration: 'VWA',
  }),
  AuditManager: row('VAX', 'VAX', 'VAX', 'VAX', 'VAX', 'VAX', { billing: '-', administration: 'V' }),
  SeniorAuditor: row('V', 'V', 'V', 'V', 'V', 'V', { billing: '-', administration: 'V' }),
  Auditor: row('D', 'D', 'D', 'D', 'D', 'D', { billing: '-', administration: '-' }),
} as const satisfies Record<Role, Record<Area, readonly Right[]>>;

/** Which people of a tenant, or which tenants, a role reaches. */
export const reaches = {
  CompanyAdmin: 'tenant',
  SafetyManager: 'divisions_or_locations',
  DER: 'tenant',
  SiteSupervisor: 'locations',
  HROnboarding: 'tenant',
  BillingAdmin: 'billing',
  ReadOnlyAuditor: 'tenant',
  ComplianceManager: 'all_overseen_companies',
  AuditManager: 'assigned_companies',
  SeniorAuditor: 'assigned_companies',
  Auditor: 'assigned_companies',
} as const satisfies Record<Role, string>;

/** Roles that exist in a service company, and those of a compliance company. */
export const portals = {
  service: [
    'CompanyAdmin',
    'SafetyManager',
    'DER',
    'SiteSupervisor',
    'HROnboarding',
    'BillingAdmin',
    'ReadOnlyAuditor',
  ],
  compliance: ['ComplianceManager', 'AuditManager', 'SeniorAuditor', 'Auditor'],
} as const satisfies Record<string, readonly Role[]>;

/** Roles that nobody gives alone: those that may approve anything, and so could approve for others. */
export function isPrivileged(role: Role | null): boolean {
  if (role === null) return false;
  const held: Readonly<Record<Area, readonly Right[]>> = permissions[role];
  return areas.some((area) => held[area].includes('approve'));
}

/** Who may add, change and import people: no area of the matrix holds the roster itself. */
export const rosterRoles: readonly Role[] = ['CompanyAdmin', 'HROnboarding', 'ComplianceManager'];

/** Who may read how the whole platform runs: whoever oversees every company there is. */
export const operationsRoles: readonly Role[] = ['ComplianceManager'];

/** No right anywhere: a field worker's. */
export const noRights: Readonly<Record<Area, readonly Right[]>> = row('-', '-', '-', '-', '-', '-', {
  billing: '-',
  administration: '-',
});

function row(
  drugAlcohol: string,
  background: string,
  dot: string,
  health: string,
  training: string,
  geofence: string,
  office: { billing: string; administration: string },
): Readonly<Record<Area, readonly Right[]>> {
  const cells: Record<Area, string> = {
    drug_alcohol: drugAlcohol,
    background,
    dot,
    health,
    training,
    geofence,
    ...office,
  };
  return Object.fromEntries(areas.map((area) => [area, rightsOf(cells[area])])) as Record<
    Area,
    readonly Right[]
  >;
}

function rightsOf(cell: string): readonly Right[] {
  return cell === '-' ? [] : cell.split('').map(rightOf);
}

function rightOf(letter: string): Right {
  switch (letter) {
    case 'V':
      return 'view';
    case 'S':
      return 'status';
    case 'W':
      return 'write';
    case 'A':
      return 'approve';
    case 'X':
      return 'export';
    case 'D':
      return 'deidentified';
    default:
      throw new TypeError(`no such letter in the permission matrix: ${letter}`);
  }
}
