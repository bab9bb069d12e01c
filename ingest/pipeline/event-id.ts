import { createHash } from 'node:crypto';
import type { EventId } from '#contracts/ids';
import { idFromDigest } from '#platform/ids';

/**
 * The id of an event, made from what makes it the same fact: a message that is read twice yields the same ids, so
 * readers that key by id see it once.
 */
export function eventIdOf(fact: {
  tenantId: string;
  vendor: string;
  dedupeKey: string;
  occurredAt: string;
}): EventId {
  const identity = JSON.stringify([fact.tenantId, fact.vendor, fact.dedupeKey]);
  const digest = createHash('sha256').update(identity).digest();
  return idFromDigest('event', Date.parse(fact.occurredAt), digest);
}
