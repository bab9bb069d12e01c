import type { Log } from '#platform/log';
import type { Batch, Group } from './group.ts';
import type { BatchHandler } from './index.ts';
import type { Member } from './sharing.ts';
import { createSleeper, type Sleeper } from './sleeper.ts';

/** One member of a group at work. */
export interface RunningConsumer {
  stop(): Promise<void>;
}

export interface ConsumerDeps {
  group: Group;
  maxBatch: number;
  handler: BatchHandler;
  log: Log;
  /** Longest sleep without being woken. */
  pollMs: number;
  /** Resolves when the group's positions are known. */
  ready: Promise<void>;
}

const firstRetryMs = 100;
const longestRetryMs = 30_000;
/** How long a running handler may go on after `stop` before its signal is aborted. */
const stopGraceMs = 5000;

const retryAfterMs = (attempt: number) => Math.min(firstRetryMs * 2 ** (attempt - 1), longestRetryMs);

export function startConsumer(deps: ConsumerDeps): RunningConsumer {
  const { group, pollMs } = deps;
  const log = deps.log.child({ consumerGroup: group.name });
  const abort = new AbortController();
  const sleeper = createSleeper();
  const member: Member = { maxBatch: deps.maxBatch, wake: sleeper.wake };
  const handle = createRetrying(deps.handler, abort.signal, sleeper, log);

  async function turn(): Promise<void> {
    const batch = await group.take(member);
    if (batch === undefined) {
      await sleeper.untilWoken(pollMs);
      return;
    }
    let handled = false;
    try {
      handled = await handle(batch);
    } finally {
      group.finish(member, batch, handled);
    }
  }

  async function run(): Promise<void> {
    await deps.ready;
    group.join(member);
    let failures = 0;
    while (!sleeper.stopped()) {
      try {
        await turn();
        failures = 0;
      } catch (err) {
        failures += 1;
        const retryInMs = retryAfterMs(failures);
        log.warn({ err, retryInMs }, 'the log could not be read; it will be tried again');
        await sleeper.through(retryInMs);
      }
    }
    group.leave(member);
  }

  const running = run();
  running.catch((err: unknown) => log.error({ err }, 'the consumer ended'));
  return {
    stop: async () => {
      sleeper.stop();
      const grace = setTimeout(() => abort.abort(), stopGraceMs);
      await running.catch(() => {});
      clearTimeout(grace);
    },
  };
}

/** Hands a batch over again and again until it is handled (true) or the consumer stops (false). */
function createRetrying(handler: BatchHandler, signal: AbortSignal, sleeper: Sleeper, log: Log) {
  return async function handle(batch: Batch): Promise<boolean> {
    for (let attempt = 1; !sleeper.stopped(); attempt += 1) {
      try {
        await handler(batch.records, signal);
        return true;
      } catch (err) {
        const retryInMs = retryAfterMs(attempt);
        log.warn({ err, attempt, retryInMs, count: batch.records.length }, 'batch failed; it comes again');
        await sleeper.through(retryInMs);
      }
    }
    return false;
  };
}
