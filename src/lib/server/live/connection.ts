import type { WebSocket } from 'ws';
import type { Scope } from '#domain/identity';
import type { Room } from './room.ts';
import { createSubscriptions } from './subscriptions.ts';
import { encodeError, encodeStopped, parseMessages, type ClientMessage } from './wire.ts';

export interface ConnectionLimits {
  /** Bytes waiting for a slow viewer above which frames are dropped; a resync follows when they have drained. */
  readonly maxBufferedBytes: number;
  /** Sweeps that a viewer may stay slow before the socket is closed. */
  readonly maxSlowSweeps: number;
}

export interface ConnectionDeps {
  readonly socket: WebSocket;
  readonly scope: Scope;
  readonly room: Promise<Room>;
  readonly limits: ConnectionLimits;
  readonly onError: (error: unknown) => void;
}

/** Close codes that the page understands (4000–4999 are free for applications, RFC 6455 §7.4.2). */
export const closeCodes = { signedOut: 4401, rightsChanged: 4403, restart: 1012 } as const;

/** One viewer's socket: its messages and its pace. */
export function createConnection(deps: ConnectionDeps) {
  const { socket, limits } = deps;
  const subscriptions = createSubscriptions({ ...deps, maxBufferedBytes: limits.maxBufferedBytes });
  let slowSweeps = 0;
  let answered = true;

  function receive(message: ClientMessage): void {
    if (message.type === 'refused') {
      socket.send(encodeError(message.id, message.code, 'Only live.flags is served here.'));
    } else if (message.type === 'stop') {
      subscriptions.remove(message.id);
      socket.send(encodeStopped(message.id));
    } else {
      subscriptions.add(message.id, message.after);
    }
  }

  return {
    onText(text: string): void {
      if (text === 'PING') return socket.send('PONG');
      if (text === 'PONG') return undefined;
      const messages = parseMessages(text);
      if (messages === null) return socket.close(1008, 'not a message');
      return messages.forEach(receive);
    },
    onPong: () => {
      answered = true;
    },
    /** Called about once a second: lets a slow viewer catch up, or gives it up. */
    sweep(): void {
      if (!subscriptions.isBehind()) {
        slowSweeps = 0;
      } else if (socket.bufferedAmount <= limits.maxBufferedBytes / 4) {
        subscriptions.catchUp();
      } else {
        slowSweeps += 1;
        if (slowSweeps > limits.maxSlowSweeps) socket.terminate();
      }
    },
    /** Called every half minute: a peer that did not answer the last ping is gone. */
    ping(): void {
      if (!answered) return socket.terminate();
      answered = false;
      return socket.ping();
    },
    close: (code: number, reason: string) => socket.close(code, reason),
    notify: (text: string) => socket.send(text),
    onClosed: () => subscriptions.removeAll(),
  };
}

export type Connection = ReturnType<typeof createConnection>;
