import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { roleSchema } from '../roles.ts';
import { instantSchema } from '../time.ts';

export const newInvitationSchema = z.object({
  email: z.email('Write the address as name@company.com.').max(320),
  name: z.string().trim().min(1, 'Write the name.').max(200),
  role: roleSchema,
  /** For roles with places; null = the whole company. */
  divisionIds: z.array(idSchema('division')).max(200).nullable(),
  locationIds: z.array(idSchema('location')).max(200).nullable(),
});
export type NewInvitationInput = z.infer<typeof newInvitationSchema>;

export const invitationRowSchema = z.object({
  id: idSchema('invitation'),
  email: z.string(),
  name: z.string(),
  roleLabel: z.string(),
  /** Divisions and locations it is limited to; 0 = the whole company. */
  places: z.int(),
  state: z.enum(['open', 'expired', 'accepted', 'revoked']),
  sentAt: instantSchema,
  sentTimes: z.int(),
  expiresAt: instantSchema,
  invitedBy: z.string(),
});
export type InvitationRow = z.infer<typeof invitationRowSchema>;

export const invitationsPageSchema = z.object({
  rows: z.array(invitationRowSchema),
  /** Roles that can be given by invitation, with the company's words for them. */
  roles: z.array(z.object({ role: roleSchema, label: z.string(), limited: z.boolean() })),
});
export type InvitationsPage = z.infer<typeof invitationsPageSchema>;

/** What the holder of a link sees before accepting. */
export const shownInvitationSchema = z.object({
  email: z.string(),
  name: z.string(),
  company: z.string(),
  roleLabel: z.string(),
  invitedBy: z.string(),
  expiresAt: instantSchema,
  hasAccount: z.boolean(),
  /** The viewer is signed in to that very account. */
  signedIn: z.boolean(),
});
