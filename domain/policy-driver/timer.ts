import { setTimeout as sleep } from 'node:timers/promises';
import { nextRecheckAt } from '#domain/flags';
import type { Clock } from '#platform/clock';
import type { Lease } from '#platform/leases';
import type { Postgres } from '#platform/postgres';
import type { PolicyDriver } from './driver.ts';

/** Longest sleep: other processes may have brought an instant forward. */
const longestSleepMs = 10_000;
/** How long the timer of this process stands for all; well over its longest sleep. */
export const recheckLeaseMs = 25_000;
/** A process whose timer does not run looks this often whether it must. */
const standbyMs = 2_000;
const batch = 500;

/**
 * Decides flags again as their instants pass: sleeps until the next one, or 10 s. An expiry turns a flag without any
 * event; after a downtime everything overdue is caught up first. With a lease, one process of several does so.
 */
export function createRecheckTimer(deps: {
  driver: PolicyDriver;
  postgres: Postgres;
  clock: Clock;
  /** Left out, this process is the only one. */
  lease?: Lease;
  onError: (error: unknown) => void;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  async function sleepMs(): Promise<number> {
    const next = await deps.postgres.asSystem((tx) => nextRecheckAt(tx));
    if (next === null) return longestSleepMs;
    return Math.min(longestSleepMs, Math.max(0, Date.parse(next) - deps.clock.nowMs()));
  }

  /** @returns how long to pause; 0 = there is more. */
  async function turn(): Promise<number> {
    if (deps.lease && !(await deps.lease.hold())) return standbyMs;
    if ((await deps.driver.recheckDue(batch)) === batch) return 0;
    // A flag whose instant stays in the past would spin; no rule does that, and a second is no harm.
    return Math.max(1_000, await sleepMs());
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = 1_000;
      try {
        pauseMs = await turn();
      } catch (error) {
        deps.onError(error);
      }
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await deps.lease?.release();
    },
  };
}
