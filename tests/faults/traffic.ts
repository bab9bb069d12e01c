import { setTimeout as sleep } from 'node:timers/promises';
import { endpointsOf, type DemoState } from '#demo';
import { systemClock } from '#platform/clock';
import { post, type Message } from '../../demo/simulator/wire.ts';

export interface Counts {
  /** Begun, acknowledged or not. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Attempts that were not acknowledged: refused for now, or the connection failed. */
  readonly retried: number;
  /** 503 answers, and how many of them said when to come back. */
  readonly unavailable: number;
  readonly withRetryAfter: number;
  /** Other answers than 202, 429 and 5xx: none is right here. */
  readonly refused: number;
}

export interface Traffic {
  counts(): Counts;
  /** Messages a second from now on. */
  pace(ratePerS: number): void;
  /** Ends after every message that was begun is acknowledged. */
  finish(): Promise<void>;
}

export interface TrafficInput {
  readonly state: DemoState;
  /** The doors; a message goes from one to the next until it is acknowledged. */
  readonly doors: readonly string[];
  readonly ratePerS: number;
  next(nowMs: number): Message;
  onAcknowledged(message: Message): void;
}

/** Most messages on their way at once: vendors' senders are many, not endless. */
const mostOpen = 4000;
const retryMs = 250;
const attemptTimeoutMs = 10_000;

/** Goes from door to door until the message is acknowledged. */
function createDelivery(input: TrafficInput, counts: { -readonly [name in keyof Counts]: number }) {
  const doors = input.doors.map((origin) => endpointsOf(input.state, origin));

  async function attempt(message: Message, at: number): Promise<boolean> {
    const endpoints = doors[at % doors.length];
    if (endpoints === undefined) throw new Error('no door is known');
    const signal = AbortSignal.timeout(attemptTimeoutMs);
    try {
      const { status, retryAfterS } = await post(endpoints, message, systemClock.nowMs(), signal);
      if (status === 503) counts.unavailable += 1;
      if (status === 503 && retryAfterS !== null) counts.withRetryAfter += 1;
      if (status !== 202 && status !== 429 && status < 500) counts.refused += 1;
      return status === 202;
    } catch {
      return false;
    }
  }

  /** Resolves once it is acknowledged. */
  return async function deliver(message: Message, first: number): Promise<void> {
    for (let at = first; ; at += 1) {
      if (await attempt(message, at)) break;
      counts.retried += 1;
      await sleep(retryMs);
    }
    counts.acknowledged += 1;
    input.onAcknowledged(message);
  };
}

/**
 * Vendors sending at a fixed pace whatever the doors answer, each message again and again until it is acknowledged, as
 * vendors do. The pace pauses only when too many are waiting.
 */
export function startTraffic(input: TrafficInput): Traffic {
  const counts = { sent: 0, acknowledged: 0, retried: 0, unavailable: 0, withRetryAfter: 0, refused: 0 };
  const deliver = createDelivery(input, counts);
  const open = new Set<Promise<void>>();
  const finishing = new AbortController();
  let { ratePerS } = input;

  function begin(): void {
    const delivered = deliver(input.next(systemClock.nowMs()), counts.sent).finally(() =>
      open.delete(delivered),
    );
    open.add(delivered);
    counts.sent += 1;
  }

  async function run(): Promise<void> {
    let lastMs = performance.now();
    let owed = 0;
    while (!finishing.signal.aborted) {
      await sleep(5);
      const nowMs = performance.now();
      owed += ((nowMs - lastMs) * ratePerS) / 1000;
      lastMs = nowMs;
      for (; owed >= 1 && open.size < mostOpen; owed -= 1) begin();
      // What could not be begun is not caught up in one burst.
      owed = Math.min(owed, ratePerS);
    }
    await Promise.all(open);
  }

  const running = run();
  return {
    counts: () => ({ ...counts }),
    pace: (wanted) => {
      ratePerS = wanted;
    },
    finish: async () => {
      finishing.abort();
      await running;
    },
  };
}
