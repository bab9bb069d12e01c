import type { Verifier } from '../source.ts';
import { authorizationCandidates, checkStaticCredentials } from './static-credentials.ts';

/** For files and other senders that hold a fixed token: `Authorization: Bearer <token>`. */
export function createBearerVerifier(secrets: readonly string[]): Verifier {
  const known = secrets.filter((secret) => secret !== '');
  return (_rawBody, headers) =>
    checkStaticCredentials(
      authorizationCandidates(headers),
      known,
      "Authorization: Bearer with this endpoint's token",
    );
}
