import { setTimeout as sleep } from 'node:timers/promises';
import { nextRecheckAt } from '#domain/flags';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { PolicyDriver } from './driver.ts';

/** Longest sleep: other processes may have brought an instant forward. */
const longestSleepMs = 15_000;
const batch = 500;

/**
 * Decides flags again as their instants pass: sleeps until the next one, or 15 s. An expiry turns a flag without any
 * event; after a downtime everything overdue is caught up first.
 */
export function createRecheckTimer(deps: {
  driver: PolicyDriver;
  postgres: Postgres;
  clock: Clock;
  onError: (error: unknown) => void;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  async function sleepMs(): Promise<number> {
    const next = await deps.postgres.asSystem((tx) => nextRecheckAt(tx));
    if (next === null) return longestSleepMs;
    return Math.min(longestSleepMs, Math.max(0, Date.parse(next) - deps.clock.nowMs()));
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = 1_000;
      try {
        if ((await deps.driver.recheckDue(batch)) === batch) continue;
        // A flag whose instant stays in the past would spin; no rule does that, and a second is no harm.
        pauseMs = Math.max(1_000, await sleepMs());
      } catch (error) {
        deps.onError(error);
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
