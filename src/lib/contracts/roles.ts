import * as z from 'zod';

/** The eleven roles of the dual portal. Tenants may choose other labels; the codes stay. */
export const roles = [
  'CompanyAdmin',
  'SafetyManager',
  'DER',
  'SiteSupervisor',
  'HROnboarding',
  'BillingAdmin',
  'ReadOnlyAuditor',
  'ComplianceManager',
  'AuditManager',
  'SeniorAuditor',
  'Auditor',
] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** The eight areas of the permission matrix: the six modules, billing and administration (rules, settings, integrations, audit log). */
export const areas = [
  'drug_alcohol',
  'background',
  'dot',
  'health',
  'training',
  'geofence',
  'billing',
  'administration',
] as const;
export type Area = (typeof areas)[number];

/** V view · S status colour only · W write · A approve · X export · D de-identified view and export. */
export const rights = ['view', 'status', 'write', 'approve', 'export', 'deidentified'] as const;
export type Right = (typeof rights)[number];
