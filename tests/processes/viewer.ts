import { WebSocket } from 'ws';
import * as z from 'zod';
import { flagChangedSchema, type FlagChanged } from '#contracts/live';

/** Somebody who keeps the live board open and comes back by the tracked id, elsewhere if need be. */
export interface Viewer {
  /** Changes seen, in the order seen; one that came twice is here twice. */
  readonly changes: readonly FlagChanged[];
  /** Times that the server asked to read everything again. */
  readonly resyncs: number;
  /** Close codes of the sockets so far. */
  readonly closed: readonly number[];
  /** Times connected. */
  readonly connected: number;
  close(): void;
}

const dataSchema = z.object({
  result: z.object({
    data: z.object({
      id: z.string(),
      data: z.discriminatedUnion('type', [
        z.object({ type: z.literal('flags'), changes: z.array(flagChangedSchema) }),
        z.object({ type: z.literal('resync'), reason: z.string() }),
      ]),
    }),
  }),
});

interface Options {
  /** Where it connects; after a close the next one. */
  readonly origins: readonly string[];
  readonly cookie: string;
  /** Sign-out ends it: whoever is signed out does not come back. */
  readonly comesBack: boolean;
}

export async function openViewer({ origins, cookie, comesBack }: Options): Promise<Viewer> {
  const seen = { changes: [] as FlagChanged[], resyncs: 0, closed: [] as number[], connected: 0 };
  let lastEventId: string | null = null;
  let ended = false;
  let current: WebSocket | undefined;

  function onText(text: string): void {
    const frame = dataSchema.safeParse(JSON.parse(text));
    if (!frame.success) return;
    lastEventId = frame.data.result.data.id;
    const { data } = frame.data.result.data;
    if (data.type === 'flags') seen.changes.push(...data.changes);
    else seen.resyncs += 1;
  }

  function connect(at: number, onStarted: () => void): void {
    const origin = origins[at % origins.length] ?? '';
    const url = new URL('/ws', origin);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, { headers: { cookie, origin }, handshakeTimeout: 5000 });
    current = socket;
    socket.on('open', () => {
      seen.connected += 1;
      const params = { path: 'live.flags', input: null, lastEventId };
      socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text === 'PING') socket.send('PONG');
      else if (text.includes('"type":"started"')) onStarted();
      else if (text.startsWith('{')) onText(text);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      seen.closed.push(code);
      if (ended || (code === 4401 && !comesBack)) return;
      setTimeout(() => connect(at + 1, onStarted), 100);
    });
  }

  await new Promise<void>((resolve) => connect(0, resolve));
  return {
    get changes() {
      return seen.changes;
    },
    get resyncs() {
      return seen.resyncs;
    },
    get closed() {
      return seen.closed;
    },
    get connected() {
      return seen.connected;
    },
    close: () => {
      ended = true;
      current?.terminate();
    },
  };
}
