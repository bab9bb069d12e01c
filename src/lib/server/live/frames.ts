import type { LiveFrame } from '#contracts/live';
import type { Scope } from '#domain/identity';
import type { Rooms } from './rooms.ts';
import type { EncodedFrame } from './wire.ts';

const maxQueued = 200;

/** The feed as an async iterator, for viewers without a socket. A reader too slow for the queue gets a resync. */
export async function* framesOf(
  rooms: Rooms,
  scope: Scope,
  after: number | null,
  signal: AbortSignal,
): AsyncGenerator<[string, LiveFrame]> {
  const held = rooms.hold(scope.tenantId);
  const room = await held.room;
  let queue: EncodedFrame[] = [];
  let wake: (() => void) | null = null;
  const deliver = (frame: EncodedFrame): void => {
    queue = queue.length < maxQueued ? [...queue, frame] : [room.resync('slow reader')];
    wake?.();
  };
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort);
  const leave = await room.join({ scope, deliver }, after, signal);
  try {
    while (!signal.aborted) {
      const frames = queue;
      queue = [];
      for (const { id, frame } of frames) yield [id, frame];
      if (queue.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    leave();
    held.release();
  }
}
