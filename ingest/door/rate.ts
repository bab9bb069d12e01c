import type { RateLimits } from '#platform/rate-limits';
import type { OpenEndpoint } from './directory.ts';

export interface DoorRate {
  /** Takes one request of the endpoint's rate. Null = go on; a number = seconds until the next one is allowed. */
  take(endpoint: OpenEndpoint): Promise<number | null>;
}

/**
 * Windows of one minute over all doors, leased in blocks (see `Allowance`). An endpoint with a rate of its own has its
 * own window, all others of a tenant share one.
 */
export function createDoorRate(options: { tenantPerMinute: number; rateLimits: RateLimits }): DoorRate {
  const allowance = options.rateLimits.allowance('door', { windowS: 60 });
  return {
    take: (endpoint) =>
      endpoint.ratePerMinute === null
        ? allowance.take(endpoint.tenantId, options.tenantPerMinute)
        : allowance.take(endpoint.id, endpoint.ratePerMinute),
  };
}
