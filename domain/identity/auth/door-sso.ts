import type { Asked, DoorParts } from './door-parts.ts';
import { fieldOf, refusal, withBody } from './replies.ts';

/**
 * Sends somebody to the identity provider of the domain of their address. Only the address and a place on this site are taken
 * from the request: which provider, which scopes and where it answers is not the asker's to say.
 */
export async function answerSso({ request }: Asked, parts: DoorParts): Promise<Response> {
  const email = (await fieldOf(request, 'email')) ?? '';
  const providerId = await parts.providerOf(email);
  if (providerId === null) {
    return refusal(
      404,
      'identity.sso_not_set_up',
      'No identity provider is set up for addresses of this domain. Sign in by password or passkey.',
    );
  }
  const to = (await fieldOf(request, 'to')) ?? '/';
  const own = /^\/(?![/\\])/.test(to) ? to : '/';
  return parts.library(
    withBody(request, {
      providerId,
      callbackURL: own,
      errorCallbackURL: '/sign-in?sso=refused',
      loginHint: email,
    }),
  );
}
