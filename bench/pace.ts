import { setTimeout as sleep } from 'node:timers/promises';
import type { Sender } from './sender.ts';

export interface Paced {
  readonly sent: number;
  /** Answers other than 202. */
  readonly refused: number;
  /** Most requests that waited for an answer at one time. */
  readonly mostOpen: number;
}

/**
 * Sends at a fixed rate whatever the answers do (open loop): a server that falls behind is not spared by its own
 * slowness. Ends when all are sent and answered, or early when `signal` is aborted.
 */
export async function sendPaced(
  sender: Pick<Sender, 'post'>,
  requests: readonly Buffer[],
  ratePerS: number,
  signal?: AbortSignal,
): Promise<Paced> {
  const startMs = performance.now();
  const open = new Set<Promise<void>>();
  let sent = 0;
  let refused = 0;
  let mostOpen = 0;
  while (sent < requests.length) {
    if (signal?.aborted === true) break;
    const due = Math.min(requests.length, Math.ceil(((performance.now() - startMs) * ratePerS) / 1000));
    for (; sent < due; sent += 1) {
      const request = requests[sent];
      if (request === undefined) break;
      const answered = statusOf(sender, request).then((status) => {
        if (status !== 202) refused += 1;
        open.delete(answered);
      });
      open.add(answered);
    }
    mostOpen = Math.max(mostOpen, open.size);
    await sleep(1);
  }
  await Promise.all(open);
  return { sent, refused, mostOpen };
}

/** 0 = the connection was lost before the answer; it counts as refused. */
function statusOf(sender: Pick<Sender, 'post'>, request: Buffer): Promise<number> {
  return sender.post(request).catch(() => 0);
}

/**
 * Keeps every connection busy with one request after the other for `durationMs`, cycling through the pool.
 * `acceptedAs` is the status that another server than ours answers with.
 */
export async function sendClosed(
  sender: Pick<Sender, 'post'>,
  pool: readonly Buffer[],
  connections: number,
  durationMs: number,
  acceptedAs = 202,
): Promise<{ accepted: number; refused: number; seconds: number }> {
  const startMs = performance.now();
  let next = 0;
  let accepted = 0;
  let refused = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - startMs < durationMs) {
      const request = pool[next % pool.length];
      if (request === undefined) return;
      next += 1;
      if ((await statusOf(sender, request)) === acceptedAs) accepted += 1;
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return { accepted, refused, seconds: (performance.now() - startMs) / 1000 };
}
