import type { Area, Role } from '#contracts/roles';

/**
 * The roles table of the product, transcribed by hand and read by no code outside these tests: what the program says
 * about rights is compared with this, never with itself.
 * V view · S status colour only · W write · A approve · X export · D de-identified only · - nothing.
 */
const table = `
role              | drug_alcohol | background | dot  | health | training | geofence | billing | administration
CompanyAdmin      | VWAX         | VWAX       | VWAX | VWAX   | VWAX     | VWAX     | VW      | VWA
SafetyManager     | VW           | S          | V    | VW     | VWX      | VW       | -       | V
DER               | VWAX         | VWAX       | VWAX | V      | V        | V        | -       | V
SiteSupervisor    | S            | S          | S    | S      | V        | VW       | -       | -
HROnboarding      | VW           | VW         | V    | S      | VW       | -        | -       | -
BillingAdmin      | -            | -          | -    | -      | -        | -        | VWX     | -
ReadOnlyAuditor   | VX           | VX         | VX   | VX     | VX       | VX       | -       | V
ComplianceManager | VWAX         | VWAX       | VWAX | VWAX   | VWAX     | VWAX     | V       | VWA
AuditManager      | VAX          | VAX        | VAX  | VAX    | VAX      | VAX      | -       | V
SeniorAuditor     | V            | V          | V    | V      | V        | V        | -       | V
Auditor           | D            | D          | D    | D      | D        | D        | -       | -
`;

export type Letter = 'V' | 'S' | 'W' | 'A' | 'X' | 'D';

const [head = [], ...lines] = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** The letters of a role in an area. */
export function lettersOf(role: Role, area: Area): string {
  const letters = lines.find(([name]) => name === role)?.[head.indexOf(area)];
  if (letters === undefined) throw new Error(`the table has no cell for ${role} and ${area}`);
  return letters;
}

/** Every role of the table, in its order. */
export const tabledRoles = lines.map(([name = '']) => name);
export const tabledAreas = head.slice(1);

/** Roles of a compliance company, which acts for others. */
export const complianceRoles: readonly Role[] = [
  'ComplianceManager',
  'AuditManager',
  'SeniorAuditor',
  'Auditor',
];
