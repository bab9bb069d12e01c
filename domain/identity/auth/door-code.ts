import { countFailure, type Asked, type DoorParts } from './door-parts.ts';
import type { AuthSession } from './session.ts';
import { fieldOf, refusal, tooMany, withBody } from './replies.ts';

/** A code of the authenticator app, or a recovery code: the second step of signing in, or shown again within a session. */
export async function answerCode(asked: Asked, parts: DoorParts): Promise<Response> {
  const { request } = asked;
  const session = await parts.sessionOf(request.headers);
  const email = session?.user.email ?? (await parts.challengedEmail(request.headers));
  if (email === null) {
    return refusal(401, 'identity.challenge_over', 'The time for this step is over. Sign in again.');
  }
  const waitS = await parts.limit.waitS(email, asked.ip);
  if (waitS !== null) return tooMany(waitS);
  const code = (await fieldOf(request, 'code'))?.replaceAll(/\s/g, '') ?? '';
  const heldBefore = session === null ? null : await parts.freshness.factorsOf(session.user.id);
  // Only the code goes on: no device is trusted to skip this step later.
  const response = await parts.library(withBody(request, { code }));
  if (response.status === 401) await countFailure(parts, asked, { email, step: 'code' });
  if (!response.ok) return response;
  await parts.limit.succeeded(email, asked.ip);
  if (session !== null) await noteShown(asked, parts, session, heldBefore?.totp ?? false);
  return response;
}

async function noteShown(
  { path, ip, agent }: Asked,
  parts: DoorParts,
  { sessionId, user }: AuthSession,
  heldBefore: boolean,
): Promise<void> {
  const by = path.endsWith('/verify-totp') ? 'totp' : 'recovery_code';
  // The first code ends the session and begins another, which has its proof from its beginning.
  await parts.freshness.record(sessionId, by);
  const change = heldBefore ? 'prove' : 'totp-add';
  await parts.tell({ kind: 'factor', change, sessionId, userId: user.id, ip, agent });
}
