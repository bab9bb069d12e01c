import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';

type Closer = () => Promise<void> | void;

export interface Lifecycle {
  /** Adds a part to be closed; the last added closes first. */
  onClose(name: string, close: Closer): void;
  /** Aborted when closing begins: for loops and long reads. */
  readonly signal: AbortSignal;
  /** True from the moment that the process was asked to end: it must get no new work from outside. */
  ending(): boolean;
  /**
   * Waits for the notice, if there is one, then closes all parts in reverse order and resolves with the names of those that failed or ran out of time.
   * Never rejects; further calls get the same promise.
   */
  close(reason: string): Promise<readonly string[]>;
}

export interface LifecycleOptions {
  log: Log;
  clock: Clock;
  /** For all parts together; 15 s when absent. A part past the limit is left behind and the next is closed. */
  timeLimitMs?: number;
  /**
   * Between being asked to end and closing: the process says that it is not ready and still serves, until whoever sends
   * it work has noticed. 0 when absent.
   */
  noticeMs?: number;
}

interface Part {
  name: string;
  close: Closer;
}

export function createLifecycle({
  log,
  clock,
  timeLimitMs = 15_000,
  noticeMs = 0,
}: LifecycleOptions): Lifecycle {
  const parts: Part[] = [];
  const controller = new AbortController();
  let closing: Promise<readonly string[]> | undefined;

  async function closePart({ name, close }: Part, deadlineMs: number): Promise<string | undefined> {
    const startedAt = clock.nowMs();
    // Even when time is up each part gets a moment: the database must still be closed after a slow consumer.
    const outcome = await within(close, Math.max(deadlineMs - startedAt, 250)).catch((err: unknown) => {
      log.error({ component: name, err }, 'part failed to close');
      return 'failed' as const;
    });
    if (outcome === 'late') log.error({ component: name, limit: timeLimitMs }, 'part did not close in time');
    if (outcome === 'closed')
      log.debug({ component: name, durationMs: clock.nowMs() - startedAt }, 'part closed');
    return outcome === 'closed' ? undefined : name;
  }

  async function closeAll(reason: string): Promise<readonly string[]> {
    log.info({ reason }, 'closing');
    if (noticeMs > 0) await sleep(noticeMs);
    controller.abort();
    const deadlineMs = clock.nowMs() + timeLimitMs;
    const failed: string[] = [];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const name = await closePart(part, deadlineMs);
      if (name !== undefined) failed.push(name);
    }
    return failed;
  }

  return {
    onClose: (name, close) => {
      parts.push({ name, close });
    },
    signal: controller.signal,
    ending: () => closing !== undefined,
    close: (reason) => (closing ??= closeAll(reason)),
  };
}

/** Closes on SIGTERM and SIGINT, then ends the process: 0 when all closed, 1 otherwise. A second signal ends it at once. */
export function closeOnSignals(lifecycle: Lifecycle, target: NodeJS.Process = process): void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) target.exit(130);
    asked = true;
    void lifecycle.close(signal).then((failed) => target.exit(failed.length === 0 ? 0 : 1));
  };
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
}

async function within(close: Closer, limitMs: number): Promise<'closed' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    return await Promise.race([Promise.resolve(close()).then(() => 'closed' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

export { serveHttp, type HttpFrontOptions } from './http-front.ts';
