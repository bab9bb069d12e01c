import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#platform/clock';
import { post, type Message, type SimulatedEndpoint, type SimulatedVendor } from './wire.ts';
import type { Stream } from './stream.ts';

export interface RunOptions {
  stream: Stream;
  endpoints: Readonly<Record<SimulatedVendor, SimulatedEndpoint>>;
  /** Messages per second; read before each, so it can change while running. */
  rate: () => number;
  clock: Clock;
  signal: AbortSignal;
  /** Stop after so many messages; endless when absent. */
  total?: number;
  onAnswer?: (message: Message, status: number) => void;
}

export interface RunStats {
  sent: number;
  /** Answers by status; 0 = the door could not be reached after all tries. */
  answers: Record<number, number>;
}

const maxTries = 8;

/** Vendors try again when the door says 429 or 503, or does not answer. */
async function deliver(options: RunOptions, message: Message): Promise<number> {
  let pauseMs = 250;
  for (let attempt = 1; attempt <= maxTries && !options.signal.aborted; attempt += 1) {
    try {
      const answer = await post(options.endpoints, message, options.clock.nowMs());
      if (answer.status !== 429 && answer.status !== 503) return answer.status;
      pauseMs = (answer.retryAfterS ?? 1) * 1000;
    } catch {
      pauseMs *= 2;
    }
    await sleep(Math.min(pauseMs, 10_000), undefined, { signal: options.signal }).catch(() => undefined);
  }
  return 0;
}

/** Sends at the asked rate, open loop: a slow answer does not hold back the next message. */
export async function runSimulator(options: RunOptions): Promise<RunStats> {
  const stats: RunStats = { sent: 0, answers: {} };
  const open = new Set<Promise<void>>();
  let dueMs = options.clock.nowMs();
  while (!options.signal.aborted && (options.total === undefined || stats.sent < options.total)) {
    const rate = options.rate();
    if (rate <= 0) {
      await sleep(250, undefined, { signal: options.signal }).catch(() => undefined);
      dueMs = options.clock.nowMs();
      continue;
    }
    const waitMs = dueMs - options.clock.nowMs();
    if (waitMs > 1) await sleep(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) break;
    dueMs = Math.max(dueMs + 1000 / rate, options.clock.nowMs() - 1000);
    const message = options.stream.next(options.clock.nowMs());
    stats.sent += 1;
    const sending = deliver(options, message).then((status) => {
      stats.answers[status] = (stats.answers[status] ?? 0) + 1;
      options.onAnswer?.(message, status);
      open.delete(sending);
    });
    open.add(sending);
    if (open.size > 500) await Promise.race(open);
  }
  await Promise.all(open);
  return stats;
}
