import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { roleSchema } from '../roles.ts';
import { instantSchema } from '../time.ts';

export const newApiClientSchema = z.object({
  /** `key` is sent with every request; `oauth` buys tokens with its secret. */
  kind: z.enum(['key', 'oauth']),
  name: z.string().trim().min(1, 'Name what will use it.').max(100),
  scopes: z.array(z.string().max(60)).min(1, 'Choose at least one scope.').max(60),
  /** Both null = everybody of the company. */
  divisionIds: z.array(idSchema('division')).min(1).max(200).nullable(),
  locationIds: z.array(idSchema('location')).min(1).max(200).nullable(),
  ratePerMinute: z.int().min(1).max(1_000_000).nullable(),
  days: z.int().min(1).max(366),
});
export type NewApiClient = z.infer<typeof newApiClientSchema>;

const apiClientRowSchema = z.object({
  id: idSchema('apiClient'),
  kind: z.enum(['key', 'oauth']),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  /** Divisions and locations it is limited to; 0 = the whole company. */
  places: z.int(),
  ratePerMinute: z.int().nullable(),
  state: z.enum(['living', 'ended', 'revoked']),
  expiresAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
  lastUsedIp: z.string().nullable(),
  createdAt: instantSchema,
  createdBy: z.string(),
});
export type ApiClientRow = z.infer<typeof apiClientRowSchema>;

export const apiAccessPageSchema = z.object({
  clients: z.array(apiClientRowSchema),
  /** What the viewer can hand on; empty when they may only look. */
  scopes: z.array(z.string()),
  /** Why the viewer makes no key here; empty when they may. */
  denied: z.string(),
  /** Requests a minute of all programs of the company. */
  ratePerMinute: z.int(),
});
export type ApiAccessPage = z.infer<typeof apiAccessPageSchema>;

export const newApiSecretSchema = z.object({ id: idSchema('apiClient'), secret: z.string() });

export const groupMappingSchema = z.object({
  groupId: idSchema('scimGroup'),
  /** Null = the group gives nothing. */
  role: roleSchema.nullable(),
  divisionIds: z.array(idSchema('division')).max(200).nullable(),
  locationIds: z.array(idSchema('location')).max(200).nullable(),
});

export const groupsPageSchema = z.object({
  groups: z.array(
    z.object({
      id: idSchema('scimGroup'),
      name: z.string(),
      members: z.int(),
      mapping: groupMappingSchema.omit({ groupId: true }).nullable(),
    }),
  ),
  /** Roles that a group may give: never those that may approve for others. */
  roles: z.array(z.object({ role: roleSchema, label: z.string(), limited: z.boolean() })),
  mayChange: z.boolean(),
});
export type GroupsPage = z.infer<typeof groupsPageSchema>;
