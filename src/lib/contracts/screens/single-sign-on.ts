import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { roleSchema } from '../roles.ts';
import { instantSchema } from '../time.ts';

const common = {
  name: z.string().trim().min(1, 'Write a name, e.g. Entra.').max(100),
  domain: z.string().trim().min(1, 'Write the domain of the addresses.').max(253),
  defaultRole: roleSchema,
};

export const newProviderSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('oidc'),
    issuer: z.url('Write the issuer as https://….').max(1000),
    clientId: z.string().trim().min(1).max(500),
    clientSecret: z.string().min(1).max(1000),
  }),
  z.object({
    ...common,
    kind: z.literal('saml'),
    issuer: z.string().trim().min(1).max(1000),
    entryPoint: z.url('Write the sign-on address as https://….').max(1000),
    certificate: z.string().min(1).max(20_000),
  }),
]);
export type NewProviderInput = z.infer<typeof newProviderSchema>;

export const providerRowSchema = z.object({
  id: idSchema('identityProvider'),
  kind: z.enum(['oidc', 'saml']),
  name: z.string(),
  issuer: z.string(),
  domain: z.string(),
  domainProof: z.string(),
  recordName: z.string(),
  domainVerifiedAt: instantSchema.nullable(),
  returnAddress: z.string(),
  defaultRoleLabel: z.string(),
});
export type ProviderRow = z.infer<typeof providerRowSchema>;

export const singleSignOnPageSchema = z.object({
  rows: z.array(providerRowSchema),
  /** Roles that who comes for the first time can get. */
  roles: z.array(z.object({ role: roleSchema, label: z.string() })),
  /** What SAML providers call us. */
  entityId: z.string(),
});
export type SingleSignOnPage = z.infer<typeof singleSignOnPageSchema>;
