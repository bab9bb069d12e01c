import { WebSocket } from 'ws';
import * as z from 'zod';

/** A change of a driver's DOT flag as a viewer's socket brought it. */
export interface Sighting {
  readonly name: string;
  readonly atMs: number;
}

export interface LiveViewer {
  /** In the order of arrival. */
  readonly sightings: readonly Sighting[];
  close(): void;
}

const changeSchema = z.object({ name: z.string(), module: z.string() });
const frameSchema = z.object({
  result: z.object({ data: z.object({ data: z.object({ changes: z.array(changeSchema) }) }) }),
});
const subscription = { id: 1, method: 'subscription', params: { path: 'live.flags', input: null } };

/** Speaks the wire of the pages' stock client; resolves when the feed has begun. */
export function openLiveViewer(
  origin: string,
  cookie: string,
  names: ReadonlySet<string>,
): Promise<LiveViewer> {
  const url = new URL('/ws', origin);
  url.protocol = 'ws:';
  const socket = new WebSocket(url, { headers: { cookie, origin }, perMessageDeflate: false });
  const sightings: Sighting[] = [];
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify(subscription)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the web process closed the live socket')));
    socket.on('message', (data: Buffer) => {
      const atMs = performance.now();
      const text = data.toString();
      if (text === 'PING') return socket.send('PONG');
      resolve({ sightings, close: () => socket.terminate() });
      if (!text.startsWith('{')) return;
      const frame = frameSchema.safeParse(JSON.parse(text));
      if (!frame.success) return;
      for (const { name, module } of frame.data.result.data.data.changes) {
        if (module === 'dot' && names.has(name)) sightings.push({ name, atMs });
      }
    });
  });
}
