/** Counts against limits in windows that begin with the first count, over all processes of one database. */
export interface RateLimits {
  /** Each count asks the database: exact, for what happens rarely. `name` keeps its keys apart from others'. */
  counter(name: string, options: { points: number; windowS: number }): Counter;
  /** Costs a request nothing most of the time; see `Allowance`. */
  allowance(name: string, options: { windowS: number }): Allowance;
  /** As exact as a counter, and tells what is left: for limits that are answered with every request. */
  quota(name: string, options: { windowS: number }): Quota;
}

export interface Quota {
  /** Takes one of `limit` per window. `resetS` = seconds until the window ends. */
  take(key: string, limit: number): Promise<{ allowed: boolean; remaining: number; resetS: number }>;
}

export interface Counter {
  count(key: string): Promise<void>;
  /** Seconds until the window ends, when the points are used up; null = there are some left. */
  waitS(key: string): Promise<number | null>;
  forget(key: string): Promise<void>;
}

/**
 * A limit of which each process leases a block in advance. All processes together never let through more than the
 * limit. They may refuse sooner: what others hold and do not use is lost, at most one block less one request for each
 * of them. A block is a twentieth of the limit, so with two processes at least 95 % come through.
 */
export interface Allowance {
  /** Takes one of `limit` per window. Null = go on; a number = seconds to wait. */
  take(key: string, limit: number): Promise<number | null>;
}

export { createLocalRateLimits, createRateLimits } from './limits.ts';
