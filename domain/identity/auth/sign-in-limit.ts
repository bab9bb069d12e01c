import { createHash } from 'node:crypto';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Failed sign-ins that one e-mail address bears, from anywhere and from one place. */
const limits = {
  fromOnePlace: { points: 10, windowS: 15 * 60 },
  fromAnywhere: { points: 50, windowS: 60 * 60 },
} as const;

export interface SignInLimit {
  /** Seconds to wait before the next try, or null when it may go on. The same whether the address exists or not. */
  waitS(email: string, ip: string | null): Promise<number | null>;
  /** Counts a failed try. */
  failed(email: string, ip: string | null): Promise<void>;
  /** Forgets the failures of an address from this place. */
  succeeded(email: string, ip: string | null): Promise<void>;
}

/** Guards accounts against guessing, beside the limit per client address. Counts live in this process. */
export function createSignInLimit(): SignInLimit {
  const here = new RateLimiterMemory({
    points: limits.fromOnePlace.points,
    duration: limits.fromOnePlace.windowS,
  });
  const anywhere = new RateLimiterMemory({
    points: limits.fromAnywhere.points,
    duration: limits.fromAnywhere.windowS,
  });
  return {
    waitS: async (email, ip) => {
      const { account, place } = keysOf(email, ip);
      const waits = [
        waitOf(await here.get(place), limits.fromOnePlace.points),
        waitOf(await anywhere.get(account), limits.fromAnywhere.points),
      ].filter((wait) => wait !== null);
      return waits.length === 0 ? null : Math.max(...waits);
    },
    failed: async (email, ip) => {
      const { account, place } = keysOf(email, ip);
      await here.penalty(place);
      await anywhere.penalty(account);
    },
    succeeded: async (email, ip) => {
      await here.delete(keysOf(email, ip).place);
    },
  };
}

function waitOf(counted: RateLimiterRes | null, points: number): number | null {
  if (counted === null || counted.consumedPoints < points) return null;
  return Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
}

/** Digests, so that no address lies in memory as it was typed. */
function keysOf(email: string, ip: string | null): { account: string; place: string } {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
  return { account, place: `${account} ${ip ?? '-'}` };
}
