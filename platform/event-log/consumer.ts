import type { Log } from '#platform/log';
import type { Group } from './group.ts';
import type { BatchHandler } from './index.ts';
import { handleUntilDone, retryAfterMs, type Retrying } from './retrying.ts';
import type { Member } from './sharing.ts';
import { createSleeper } from './sleeper.ts';

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

/** How long a running handler may go on after `stop` before its signal is aborted. */
const stopGraceMs = 5000;

export function startConsumer(deps: ConsumerDeps): RunningConsumer {
  const { group, pollMs } = deps;
  const log = deps.log.child({ consumerGroup: group.name });
  const abort = new AbortController();
  const sleeper = createSleeper();
  const member: Member = { maxBatch: deps.maxBatch, wake: sleeper.wake };
  const retrying: Retrying = { handler: deps.handler, signal: abort.signal, sleeper, log };

  async function turn(): Promise<void> {
    const batch = await group.take(member);
    if (batch === undefined) {
      await sleeper.untilWoken(pollMs);
      return;
    }
    let handled = false;
    try {
      handled = await handleUntilDone(batch.records, retrying);
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
