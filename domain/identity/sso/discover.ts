import * as z from 'zod';
import { PlumblineError } from '#platform/errors';
import type { Outgoing } from '#platform/outgoing';

const documentSchema = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});

export interface OidcEndpoints {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksEndpoint: string;
  readonly userInfoEndpoint: string | undefined;
  readonly tokenEndpointAuthentication: 'client_secret_basic' | 'client_secret_post';
}

/**
 * What an OpenID provider says of itself (OpenID Connect Discovery 1.0). The address is a tenant's: it is asked by the guarded
 * way out. Throws `identity.provider_not_readable`.
 */
export async function discoverOidc(outgoing: Outgoing, issuer: string): Promise<OidcEndpoints> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  try {
    const answer = await outgoing.ask(url, { headers: { accept: 'application/json' }, timeoutMs: 10_000 });
    if (answer.status !== 200) throw new Error(`it answered ${answer.status}`);
    const document = documentSchema.parse(JSON.parse(answer.body.toString('utf8')));
    if (document.issuer !== issuer) throw new Error('it names another issuer');
    return endpointsOf(document);
  } catch (cause) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'identity.provider_not_readable',
      detail: `${url.href} gave no description of an OpenID provider with that issuer. Check the issuer address, to the last slash.`,
      cause,
    });
  }
}

function endpointsOf(document: z.output<typeof documentSchema>): OidcEndpoints {
  const methods = document.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return {
    issuer: document.issuer,
    authorizationEndpoint: document.authorization_endpoint,
    tokenEndpoint: document.token_endpoint,
    jwksEndpoint: document.jwks_uri,
    userInfoEndpoint: document.userinfo_endpoint,
    tokenEndpointAuthentication: methods.includes('client_secret_basic')
      ? 'client_secret_basic'
      : 'client_secret_post',
  };
}
