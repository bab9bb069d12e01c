import * as z from 'zod';
import type { Asked, DoorParts } from './door-parts.ts';
import { refusal } from './replies.ts';

const answerSchema = z.object({
  session: z.object({ id: z.string() }),
  user: z.object({ id: z.string() }),
});

/**
 * A passkey begins a new session. Shown within a session it takes that one's place, and it must be the same person's: the
 * key of somebody else proves nothing about who sits there.
 */
export async function answerPasskey(asked: Asked, parts: DoorParts): Promise<Response> {
  const { request, ip, agent } = asked;
  const before = await parts.sessionOf(request.headers);
  const response = await parts.library(request);
  if (!response.ok) {
    if (before !== null)
      await parts.tell({ kind: 'refused', email: before.user.email, step: 'passkey', ip, agent });
    return response;
  }
  if (before === null) return response;
  const made = answerSchema.parse(await response.clone().json());
  if (made.user.id !== before.user.id) {
    await parts.endSession(made.session.id);
    return refusal(403, 'identity.other_person', 'This passkey belongs to another account.');
  }
  await parts.endSession(before.sessionId);
  return response;
}
