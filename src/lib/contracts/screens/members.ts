import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { roleSchema } from '../roles.ts';
import { roleGrantSchema } from './approvals.ts';

const memberSchema = z.object({
  userId: idSchema('user'),
  name: z.string(),
  email: z.string(),
  /** Empty for a field worker, who sees their own record only. */
  roles: z.array(z.object({ role: roleSchema, label: z.string() })),
  divisionIds: z.array(idSchema('division')).nullable(),
  locationIds: z.array(idSchema('location')).nullable(),
  assignedTenantIds: z.array(idSchema('tenant')),
});
export type MemberRow = z.infer<typeof memberSchema>;

export const membersPageInputSchema = z.object({
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});

export const membersPageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  rows: z.array(memberSchema),
  /** Roles of this kind of company; a privileged one needs a second person. */
  roles: z.array(z.object({ role: roleSchema, label: z.string(), privileged: z.boolean() })),
  /** Why the viewer may not give roles; empty when allowed. */
  denied: z.string(),
});
export type MembersPage = z.infer<typeof membersPageSchema>;

export const giveRoleSchema = roleGrantSchema.extend({ reason: z.string().trim().min(10).max(500) });
export const givenRoleSchema = z.object({ waits: z.boolean() });
