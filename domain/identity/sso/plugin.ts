import { sso, type SSOOptions } from '@better-auth/sso';
import * as z from 'zod';
import type { TenantId, UserId } from '#contracts/ids';
import { readProviderKey } from './provider-key.ts';

/** Somebody came in by a provider: gives a place to who comes for the first time. */
export type Arrived = (arrival: {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly providerKey: string;
}) => Promise<void>;

/** Single sign-on by OIDC and SAML. Table and column names are those of migration 0102. */
export function ssoPlugin(arrived: Arrived) {
  return sso({
    schema: {
      ssoProvider: {
        modelName: 'auth_identity_providers',
        fields: {
          oidcConfig: 'oidc_config',
          samlConfig: 'saml_config',
          userId: 'user_id',
          providerId: 'provider_id',
          organizationId: 'organization_id',
          domainVerified: 'domain_verified',
        },
      },
    },
    // A provider whose domain was not shown to be the company's own signs nobody in.
    domainVerification: { enabled: true },
    saml: { enableInResponseToValidation: true, allowIdpInitiated: false },
    resolveUser: decideUser,
    provisionUser: async ({ user, provider }) => {
      const key = readProviderKey(provider.providerId);
      if (key === null) throw new Error(`provider ${provider.providerId} belongs to no company`);
      await arrived({
        tenantId: key.tenantId,
        userId: user.id as UserId,
        providerKey: provider.providerId,
      });
    },
    provisionUserOnEveryLogin: true,
  });
}

type DecideUser = NonNullable<SSOOptions['resolveUser']>;

const providerSchema = z.object({ domain: z.string() });
const userSchema = z.object({ id: z.string() });

/**
 * Whose account an identity provider's word opens: only that of an address in the domain which the company has shown to be its
 * own. What the provider says of the address beside that counts for nothing.
 */
const decideUser: DecideUser = async ({ providerId, providerUser }, { database }) => {
  const provider = await database.findOne({
    model: 'ssoProvider',
    where: [{ field: 'providerId', value: providerId }],
  });
  const { domain } = providerSchema.parse(provider);
  const email = providerUser.email.trim().toLowerCase();
  if (email.split('@').length !== 2 || !email.endsWith(`@${domain}`)) {
    return { action: 'reject', code: 'address_of_another_domain' };
  }
  const user = await database.findOne({ model: 'user', where: [{ field: 'email', value: email }] });
  return user === null
    ? { action: 'continue' }
    : { action: 'link', userId: userSchema.parse(user).id, profile: 'preserve' };
};
