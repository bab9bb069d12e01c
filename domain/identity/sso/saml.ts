import { X509Certificate } from 'node:crypto';
import { PlumblineError } from '#platform/errors';
import { providerKey } from './provider-key.ts';
import type { IdentityProvider } from './store.postgres.ts';

/** Where an identity provider posts its assertion. */
export const acsAddress = (origin: string, { tenantId, id }: Pick<IdentityProvider, 'tenantId' | 'id'>) =>
  `${origin}/api/auth/sso/saml2/sp/acs/${providerKey(tenantId, id)}`;

/** The certificate as PEM, whether it came with the lines round it or without. Throws `identity.certificate_invalid`. */
export function readCertificate(text: string): string {
  const bare = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
  try {
    return new X509Certificate(Buffer.from(bare, 'base64')).toString();
  } catch (cause) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'identity.certificate_invalid',
      detail: 'That is no X.509 certificate. Paste the signing certificate of the identity provider.',
      cause,
    });
  }
}
