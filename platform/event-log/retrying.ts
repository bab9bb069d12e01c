import type { Log } from '#platform/log';
import type { BatchHandler, LogRecord } from './index.ts';
import type { Sleeper } from './sleeper.ts';

const firstRetryMs = 100;
const longestRetryMs = 30_000;

export const retryAfterMs = (attempt: number) => Math.min(firstRetryMs * 2 ** (attempt - 1), longestRetryMs);

export interface Retrying {
  handler: BatchHandler;
  signal: AbortSignal;
  /** Stopping it ends the tries. */
  sleeper: Sleeper;
  log: Log;
}

/** Hands records over again and again until they are handled (true) or the sleeper is stopped (false). */
export async function handleUntilDone(
  records: readonly LogRecord[],
  { handler, signal, sleeper, log }: Retrying,
): Promise<boolean> {
  for (let attempt = 1; !sleeper.stopped(); attempt += 1) {
    try {
      await handler(records, signal);
      return true;
    } catch (err) {
      const retryInMs = retryAfterMs(attempt);
      log.warn({ err, attempt, retryInMs, count: records.length }, 'batch failed; it comes again');
      await sleeper.through(retryInMs);
    }
  }
  return false;
}
