import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { OpenEndpoint } from './directory.ts';

export interface DoorRate {
  /** Takes one request of the endpoint's rate. Null = go on; a number = seconds until the next one is allowed. */
  take(endpoint: OpenEndpoint): Promise<number | null>;
}

/**
 * Fixed windows of one minute, in this process: with several door processes each lets through its share of the rate
 * again. An endpoint with a rate of its own has its own window, all others of a tenant share one.
 */
export function createDoorRate(options: { tenantPerMinute: number }): DoorRate {
  const limiters = new Map<number, RateLimiterMemory>();

  function limiterOf(points: number): RateLimiterMemory {
    const known = limiters.get(points);
    if (known) return known;
    const fresh = new RateLimiterMemory({ points, duration: 60 });
    limiters.set(points, fresh);
    return fresh;
  }

  return {
    async take(endpoint) {
      const own = endpoint.ratePerMinute;
      const limiter = limiterOf(own ?? options.tenantPerMinute);
      try {
        await limiter.consume(own === null ? endpoint.tenantId : endpoint.id);
        return null;
      } catch (error) {
        if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1000));
        throw error;
      }
    },
  };
}
