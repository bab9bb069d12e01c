import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { roleSchema, type Role } from '../roles.ts';

/** Words for roles where the tenant has chosen none of its own. */
export const roleNames: Record<Role, string> = {
  CompanyAdmin: 'Company admin',
  SafetyManager: 'Safety manager',
  DER: 'DER',
  SiteSupervisor: 'Site supervisor',
  HROnboarding: 'HR onboarding',
  BillingAdmin: 'Billing admin',
  ReadOnlyAuditor: 'Read-only auditor',
  ComplianceManager: 'Compliance manager',
  AuditManager: 'Audit manager',
  SeniorAuditor: 'Senior auditor',
  Auditor: 'Auditor',
};

export const frameTenantSchema = z.object({
  id: idSchema('tenant'),
  name: z.string(),
  kind: z.enum(['service', 'compliance']),
  /** IANA zone in which every time on the screen is written. */
  zone: z.string(),
  roleLabels: z.partialRecord(roleSchema, z.string()),
});
export type FrameTenant = z.infer<typeof frameTenantSchema>;

/** What stands round every page: who looks, at which tenant, and what waits. */
export const frameSchema = z.object({
  viewer: z.object({
    id: idSchema('user'),
    name: z.string(),
    email: z.string(),
    role: roleSchema.nullable(),
    /** By the tenant's own label; `Field worker` without a role. */
    roleLabel: z.string(),
    employeeId: idSchema('employee').nullable(),
  }),
  tenant: frameTenantSchema,
  /** The viewer's own tenant when acting for another; else null. */
  actingFrom: z.object({ id: idSchema('tenant'), name: z.string() }).nullable(),
  /** Every tenant the viewer may look at, this one included. */
  tenants: z.array(z.object({ id: idSchema('tenant'), name: z.string() })),
  /** Every company with every role that the viewer has for it; one is on. */
  seats: z.array(
    z.object({
      /** What chooses it. */
      to: z.string(),
      tenantName: z.string(),
      roleLabel: z.string(),
      /** The company that gave the role, when it is another. */
      from: z.string().nullable(),
      current: z.boolean(),
    }),
  ),
  /** May see rules, integrations and the audit log. */
  administration: z.boolean(),
  /** May see people of the modules at all. */
  people: z.boolean(),
  /** Knows who they are: the de-identified do not. */
  names: z.boolean(),
  /** May ask for or answer what two people do together. */
  dualControl: z.boolean(),
  counts: z.object({
    alerts: z.int(),
    reviews: z.int(),
    deadLetters: z.int(),
    approvals: z.int(),
    incidents: z.int(),
  }),
  /** The server's clock, epoch ms. */
  now: z.number(),
});
export type FrameData = z.infer<typeof frameSchema>;
