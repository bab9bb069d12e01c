import { LRUCache } from 'lru-cache';
import type { Allowance } from './index.ts';

/** Adds to the count of a key's window; answers the count after it and the window's rest. */
export type CountMany = (key: string, points: number) => Promise<{ used: number; endsInMs: number }>;

interface Block {
  left: number;
  /** On this process's monotonic clock, ms. */
  endsAtMs: number;
  /** The window has nothing more to lease. */
  spent: boolean;
}

const blocksPerLimit = 20;
const mostKeys = 50_000;

/** Leases blocks of the limit and serves requests from them. */
export function createAllowance(count: CountMany): Allowance {
  const blocks = new LRUCache<string, Block>({ max: mostKeys });
  const leasing = new Map<string, Promise<void>>();

  async function lease(key: string, limit: number): Promise<void> {
    const wanted = Math.max(1, Math.ceil(limit / blocksPerLimit));
    const { used, endsInMs } = await count(key, wanted);
    const granted = Math.min(wanted, Math.max(0, limit - (used - wanted)));
    blocks.set(key, { left: granted, endsAtMs: performance.now() + endsInMs, spent: granted < wanted });
  }

  /** One lease serves all who wait for it. */
  function leaseOnce(key: string, limit: number): Promise<void> {
    const running =
      leasing.get(key) ??
      lease(key, limit).finally(() => {
        leasing.delete(key);
      });
    leasing.set(key, running);
    return running;
  }

  return {
    take: async (key, limit) => {
      for (;;) {
        const block = blocks.get(key);
        const restMs = block === undefined ? 0 : block.endsAtMs - performance.now();
        if (block !== undefined && restMs > 0) {
          if (block.left > 0) {
            block.left -= 1;
            return null;
          }
          if (block.spent) return Math.max(1, Math.ceil(restMs / 1000));
        }
        await leaseOnce(key, limit);
      }
    },
  };
}
