import { connect, type Socket } from 'node:net';

/**
 * Posts prepared requests over keep-alive connections, one at a time on each. Node's own client costs as much CPU per
 * request as the door that is measured; whole bytes prepared before the clock starts cost a tenth.
 */
export interface Sender {
  /** Resolves with the status of the answer; rejects when the connection fails. Waits for a free connection. */
  post(request: Buffer): Promise<number>;
  close(): void;
}

interface Waiting {
  readonly request: Buffer;
  resolve(status: number): void;
  reject(error: unknown): void;
}

export function encodeRequest(url: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const { pathname, host } = new URL(url);
  const content = Buffer.from(body);
  const lines = Object.entries({ host, ...headers, 'content-length': String(content.length) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n`), content]);
}

interface Target {
  readonly host: string;
  readonly port: number;
}

type Send = (next: Waiting) => void;

export async function openSender(to: Target & { readonly connections: number }): Promise<Sender> {
  const idle = new Set<Send>();
  const queue: Waiting[] = [];
  const sockets = new Set<Socket>();
  let taken = 0;
  let closed = false;

  function takeNext(): Waiting | undefined {
    const next = queue[taken];
    if (next === undefined) return undefined;
    taken += 1;
    if (taken > 10_000) {
      queue.splice(0, taken);
      taken = 0;
    }
    return next;
  }

  async function open(): Promise<void> {
    const socket = await openConnection(to, {
      onFree: (send) => {
        const next = takeNext();
        if (next) send(next);
        else idle.add(send);
      },
      // A server may close a connection that was idle for some seconds; the next request needs another one.
      onClosed: (gone, send) => {
        idle.delete(send);
        sockets.delete(gone);
        if (!closed) open().catch((error: unknown) => takeNext()?.reject(error));
      },
    });
    sockets.add(socket);
  }

  await Promise.all(Array.from({ length: to.connections }, open));
  return {
    post: (request) =>
      new Promise((resolve, reject) => {
        const waiting = { request, resolve, reject };
        const [send] = idle;
        if (send) {
          idle.delete(send);
          send(waiting);
        } else queue.push(waiting);
      }),
    close: () => {
      closed = true;
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** `onFree` is called with the way to send the next request, at first and after each answer. */
function openConnection(
  to: Target,
  on: { onFree(send: Send): void; onClosed(gone: Socket, send: Send): void },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to.port, to.host).setNoDelay(true);
    let current: Waiting | undefined;
    let received = '';
    let isOpen = false;
    const send: Send = (next) => {
      current = next;
      socket.write(next.request);
    };
    const settle = (how: (waiting: Waiting) => void) => {
      const settled = current;
      current = undefined;
      received = '';
      if (settled) how(settled);
    };
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      const status = Number(received.slice(9, 12));
      settle((answered) => answered.resolve(status));
      on.onFree(send);
    });
    socket.on('error', (error) => {
      settle((failed) => failed.reject(error));
      reject(error);
    });
    socket.on('close', () => {
      settle((failed) => failed.reject(new Error('the server closed the connection')));
      // One that never opened has been told of already.
      if (isOpen) on.onClosed(socket, send);
    });
    socket.on('connect', () => {
      isOpen = true;
      resolve(socket);
      on.onFree(send);
    });
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return answer.length >= end + 4 + Number(length ?? 0);
}
