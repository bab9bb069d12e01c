import { createHash } from 'node:crypto';
import type { RateLimits } from '#platform/rate-limits';

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

/** Guards accounts against guessing, beside the limit per client address. */
export function createSignInLimit(rateLimits: RateLimits): SignInLimit {
  const here = rateLimits.counter('sign-in-here', limits.fromOnePlace);
  const anywhere = rateLimits.counter('sign-in', limits.fromAnywhere);
  return {
    waitS: async (email, ip) => {
      const { account, place } = keysOf(email, ip);
      const waits = await Promise.all([here.waitS(place), anywhere.waitS(account)]);
      const longest = Math.max(...waits.map((wait) => wait ?? 0));
      return longest === 0 ? null : longest;
    },
    failed: async (email, ip) => {
      const { account, place } = keysOf(email, ip);
      await here.count(place);
      await anywhere.count(account);
    },
    succeeded: (email, ip) => here.forget(keysOf(email, ip).place),
  };
}

/** Digests, so that no address is kept as it was typed. */
function keysOf(email: string, ip: string | null): { account: string; place: string } {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
  return { account, place: `${account} ${ip ?? '-'}` };
}
