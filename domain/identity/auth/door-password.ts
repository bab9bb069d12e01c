import { countFailure, type Asked, type DoorParts } from './door-parts.ts';
import { fieldOf, refusal, tooMany } from './replies.ts';

const longestEmail = 320;

/** Signing in by password: the same answer, after the same work, for a wrong password and an unknown address. */
export async function answerPassword(asked: Asked, parts: DoorParts): Promise<Response> {
  const email = (await fieldOf(asked.request, 'email'))?.slice(0, longestEmail) ?? null;
  if (email === null) return parts.library(asked.request);
  const waitS = await parts.limit.waitS(email, asked.ip);
  if (waitS !== null) return tooMany(waitS);
  const response = await parts.library(asked.request);
  if (response.ok) await parts.limit.succeeded(email, asked.ip);
  if (response.status === 401) await countFailure(parts, asked, { email, step: 'password' });
  return response;
}

/** The signed-in person shows the password once more. */
export async function confirmPassword(asked: Asked, parts: DoorParts): Promise<Response> {
  const { request, ip, agent } = asked;
  if (!parts.origins.includes(request.headers.get('origin') ?? '')) {
    return refusal(403, 'request.foreign_origin', 'This request came from another site.');
  }
  const session = await parts.sessionOf(request.headers);
  if (session === null) return refusal(401, 'session.missing', 'You are signed out. Sign in to go on.');
  const { sessionId, user } = session;
  const waitS = await parts.limit.waitS(user.email, ip);
  if (waitS !== null) return tooMany(waitS);
  const password = (await fieldOf(request, 'password')) ?? '';
  if (!(await parts.checkPassword(request.headers, password))) {
    await countFailure(parts, asked, { email: user.email, step: 'password' });
    return refusal(401, 'identity.password_wrong', 'That is not the password of this account.');
  }
  await parts.limit.succeeded(user.email, ip);
  await parts.freshness.record(sessionId, null);
  await parts.tell({ kind: 'factor', change: 'prove', sessionId, userId: user.id, ip, agent });
  return Response.json({ next: null });
}
