import type { WebSocket } from 'ws';
import type { Scope } from '#domain/identity';
import type { Room, Subscriber } from './room.ts';
import { encodeError, encodeStarted, type RequestId } from './wire.ts';

const maxSubscriptions = 4;

export interface SubscriptionsDeps {
  readonly socket: WebSocket;
  readonly scope: Scope;
  readonly room: Promise<Room>;
  readonly maxBufferedBytes: number;
  readonly onError: (error: unknown) => void;
}

interface Subscription {
  readonly subscriber: Subscriber;
  readonly abort: AbortController;
  /** Frames were dropped: a resync is owed. */
  behind: boolean;
  joined: { readonly room: Room; readonly leave: () => void } | null;
}

/** The subscriptions of one socket. A viewer too slow for the frames loses them and later reads everything again. */
export function createSubscriptions(deps: SubscriptionsDeps) {
  const { socket, scope, maxBufferedBytes } = deps;
  const open = new Map<RequestId, Subscription>();

  function make(id: RequestId): Subscription {
    const deliver: Subscriber['deliver'] = (frame) => {
      if (made.behind) return;
      if (socket.bufferedAmount > maxBufferedBytes) made.behind = true;
      else socket.send(frame.bytes(id), { binary: false });
    };
    const made: Subscription = {
      subscriber: { scope, deliver },
      abort: new AbortController(),
      behind: false,
      joined: null,
    };
    return made;
  }

  async function join(subscription: Subscription, after: number | null): Promise<void> {
    const { subscriber, abort } = subscription;
    const room = await deps.room;
    const leave = await room.join(subscriber, after, abort.signal);
    if (abort.signal.aborted) leave();
    else subscription.joined = { room, leave };
  }

  function remove(id: RequestId): void {
    const subscription = open.get(id);
    subscription?.abort.abort();
    subscription?.joined?.leave();
    open.delete(id);
  }

  return {
    add(id: RequestId, after: number | null): void {
      remove(id);
      if (open.size >= maxSubscriptions) {
        socket.send(encodeError(id, 'TOO_MANY_REQUESTS', 'Too many subscriptions on one connection.'));
        return;
      }
      const subscription = make(id);
      open.set(id, subscription);
      socket.send(encodeStarted(id));
      join(subscription, after).catch((error: unknown) => {
        remove(id);
        socket.send(encodeError(id, 'INTERNAL_SERVER_ERROR', 'The live feed failed. Reconnect.'));
        deps.onError(error);
      });
    },
    remove,
    removeAll: () => [...open.keys()].forEach(remove),
    isBehind: () => [...open.values()].some((subscription) => subscription.behind),
    /** Pays the resync that is owed, once the backlog has drained. */
    catchUp(): void {
      for (const [id, subscription] of open) {
        if (!subscription.behind || subscription.joined === null) continue;
        subscription.behind = false;
        const frame = subscription.joined.room.resync('slow connection');
        socket.send(frame.bytes(id), { binary: false });
      }
    },
  };
}
