import { setTimeout as sleep } from 'node:timers/promises';
import { post, type Message } from '../../demo/simulator/wire.ts';
import { endpointsOf, type DemoState } from '#demo';

export interface Sender {
  /** Resolves when so many messages were acknowledged since the sender began. */
  acknowledged(count: number): Promise<void>;
  /** Ends after the messages under way are acknowledged. */
  finish(): Promise<void>;
  counts(): { sent: number; acknowledged: number; retried: number };
}

const lanes = 48;

/**
 * Sends as vendors do: each message until it is acknowledged, again and again through crashes, whatever the door
 * answers meanwhile. `onAcknowledged` is called once per message with a 202.
 */
export function startSender(input: {
  state: DemoState;
  origin: string;
  next: (nowMs: number) => Message;
  nowMs: () => number;
  onAcknowledged: (message: Message) => void;
}): Sender {
  const endpoints = endpointsOf(input.state, input.origin);
  const counts = { sent: 0, acknowledged: 0, retried: 0 };
  const finishing = new AbortController();

  async function deliver(message: Message): Promise<void> {
    for (;;) {
      try {
        const { status } = await post(endpoints, message, input.nowMs());
        if (status === 202) break;
        if (status < 500 && status !== 429) throw new Error(`${message.about} was refused with ${status}`);
      } catch (error) {
        if (error instanceof Error && error.message.includes('was refused')) throw error;
      }
      counts.retried += 1;
      await sleep(150);
    }
    counts.acknowledged += 1;
    input.onAcknowledged(message);
  }

  async function lane(): Promise<void> {
    while (!finishing.signal.aborted) {
      counts.sent += 1;
      await deliver(input.next(input.nowMs()));
    }
  }

  const running = Promise.all(Array.from({ length: lanes }, lane));
  let failed: unknown;
  running.catch((error: unknown) => (failed = error));
  return {
    counts: () => ({ ...counts }),
    acknowledged: async (wanted) => {
      while (counts.acknowledged < wanted) {
        if (failed) throw failed;
        await sleep(20);
      }
    },
    finish: async () => {
      finishing.abort();
      await running;
    },
  };
}
