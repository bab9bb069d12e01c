import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Postgres } from '#platform/postgres';
import { createAllowance } from './allowance.ts';
import type { Counter, RateLimits } from './index.ts';

type Limiter = RateLimiterMemory | RateLimiterPostgres;
type MakeLimiter = (name: string, points: number, windowS: number) => Limiter;

/** An allowance names its limit at each request; the library wants one. */
const noLimit = 2_000_000_000;

/** In the database when it is a server; in memory when it belongs to this process anyway. */
export function createRateLimits(postgres: Postgres): RateLimits {
  return postgres.mode === 'embedded' ? createLocalRateLimits() : over(inDatabase(postgres));
}

/** Counts of this process alone. */
export function createLocalRateLimits(): RateLimits {
  return over(inMemory);
}

const inMemory: MakeLimiter = (keyPrefix, points, duration) =>
  new RateLimiterMemory({ keyPrefix, points, duration });

/** While the database is away each process counts for itself: a limit must not become an outage. */
function inDatabase({ pool }: Postgres): MakeLimiter {
  return (keyPrefix, points, duration) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix,
      points,
      duration,
      insuranceLimiter: inMemory(keyPrefix, points, duration),
    });
}

function over(make: MakeLimiter): RateLimits {
  return {
    counter: (name, { points, windowS }) => toCounter(make(name, points, windowS), points),
    quota: (name, { windowS }) => {
      const limiter = make(name, noLimit, windowS);
      return {
        take: async (key, limit) => {
          const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1);
          return {
            allowed: consumedPoints <= limit,
            remaining: Math.max(0, limit - consumedPoints),
            resetS: Math.max(1, Math.ceil(msBeforeNext / 1000)),
          };
        },
      };
    },
    allowance: (name, { windowS }) => {
      const limiter = make(name, noLimit, windowS);
      return createAllowance(async (key, wanted) => {
        const { consumedPoints, msBeforeNext } = await limiter.penalty(key, wanted);
        return { used: consumedPoints, endsInMs: msBeforeNext };
      });
    },
  };
}

function toCounter(limiter: Limiter, points: number): Counter {
  return {
    count: async (key) => {
      await limiter.penalty(key);
    },
    waitS: async (key) => waitOf(await limiter.get(key), points),
    forget: async (key) => {
      await limiter.delete(key);
    },
  };
}

function waitOf(counted: RateLimiterRes | null, points: number): number | null {
  if (counted === null || counted.consumedPoints < points) return null;
  return Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
}
