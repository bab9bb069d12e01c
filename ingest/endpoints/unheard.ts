import type { EndpointHealth } from './health.ts';

/**
 * Since when nothing of this feed can be trusted: silent, or failing to prove itself, for longer than its limit. Null
 * while it can, while the endpoint is disabled, and before the first message ever: nothing was promised yet.
 */
export function unheardSince(
  endpoint: Pick<EndpointHealth, 'active' | 'lastAcceptedAt' | 'failingSince' | 'silenceLimitMs'>,
  nowMs: number,
): string | null {
  if (!endpoint.active) return null;
  const since = [endpoint.lastAcceptedAt, endpoint.failingSince].filter((at) => at !== null).toSorted()[0];
  if (since === undefined) return null;
  return nowMs - Date.parse(since) > endpoint.silenceLimitMs ? since : null;
}
