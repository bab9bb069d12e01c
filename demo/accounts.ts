import type { Role } from '#contracts/roles';

/** One sign-in per role. The password is public on purpose: the demo is for a laptop, and says so. */
export const demoPassword = 'plumbline-demo-2026';

export interface DemoAccountPlan {
  name: string;
  email: string;
  role: Role | null;
  portal: 'service' | 'compliance';
  note: string;
  divisionRefs?: readonly string[];
  locationRefs?: readonly string[];
  /** Linked to this person: the first active one with this job role. */
  jobRoleRef?: string;
}

const service = 'harrowpike.example';
const compliance = 'meridian.example';

export const demoAccounts: readonly DemoAccountPlan[] = [
  {
    name: 'Dana Ruiz',
    email: `dana.ruiz@${service}`,
    role: 'SafetyManager',
    portal: 'service',
    note: 'Safety manager of two divisions',
    divisionRefs: ['tank', 'field'],
  },
  {
    name: 'Marguerite Voss',
    email: `marguerite.voss@${service}`,
    role: 'CompanyAdmin',
    portal: 'service',
    note: 'Company admin, sees all',
  },
  {
    name: 'Silas Hargrove',
    email: `silas.hargrove@${service}`,
    role: 'DER',
    portal: 'service',
    note: 'Designated employer representative',
  },
  {
    name: 'Kofi Brandt',
    email: `kofi.brandt@${service}`,
    role: 'SiteSupervisor',
    portal: 'service',
    note: 'Site supervisor, Odessa and Midland',
    locationRefs: ['odessa', 'midland'],
  },
  {
    name: 'Noor Idowu',
    email: `noor.idowu@${service}`,
    role: 'HROnboarding',
    portal: 'service',
    note: 'HR and onboarding',
  },
  {
    name: 'Otto Wexler',
    email: `otto.wexler@${service}`,
    role: 'BillingAdmin',
    portal: 'service',
    note: 'Billing only: sees no compliance data',
  },
  {
    name: 'Vera Novak',
    email: `vera.novak@${service}`,
    role: 'ReadOnlyAuditor',
    portal: 'service',
    note: 'Read-only auditor',
  },
  {
    name: 'Wendell Achterberg',
    email: `driver@${service}`,
    role: null,
    portal: 'service',
    note: 'Driver: own record only',
    jobRoleRef: 'tank_driver',
  },
  {
    name: 'Helena Osei',
    email: `helena.osei@${compliance}`,
    role: 'ComplianceManager',
    portal: 'compliance',
    note: 'Compliance company, all clients',
  },
  {
    name: 'Theo Lindqvist',
    email: `theo.lindqvist@${compliance}`,
    role: 'AuditManager',
    portal: 'compliance',
    note: 'Audit manager, assigned clients',
  },
  {
    name: 'Ines Ferreira',
    email: `ines.ferreira@${compliance}`,
    role: 'SeniorAuditor',
    portal: 'compliance',
    note: 'Senior auditor, assigned clients',
  },
  {
    name: 'Arlo Keating',
    email: `arlo.keating@${compliance}`,
    role: 'Auditor',
    portal: 'compliance',
    note: 'Auditor: de-identified data only',
  },
];
