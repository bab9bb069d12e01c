import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { modules } from '#contracts/modules';
import { boardPageSchema, noBoardQuery, type BoardPage } from '#contracts/screens/board';

/** A driver who must be red as long as the faults last: the licence was reported suspended, and nothing since. */
export interface WatchedDriver {
  readonly name: string;
}

export interface Sightings {
  /** Boards read. */
  readonly answers: number;
  /** Boards that could not be read: an error was answered, or nothing. */
  readonly errors: number;
  /** Boards that showed a watched driver as anything but red or stale, or not at all. */
  readonly wrong: number;
  /** What was wrong, the first few. */
  readonly examples: readonly string[];
  /** Live frames that came. */
  readonly frames: number;
}

export interface Readers {
  sightings(): Sightings;
  stop(): Promise<void>;
}

const everyMs = 250;
const answerSchema = z.object({ result: z.object({ data: boardPageSchema }) });
const column = modules.indexOf('dot');

/** What a board says wrongly of a watched driver; null when it is right. */
function wrongIn(board: BoardPage, { name }: WatchedDriver): string | null {
  const row = board.rows.find((each) => each.name === name);
  if (row === undefined) return `${name} is missing`;
  const cell = row.cells[column];
  if (cell?.flag === 'red' || cell?.flag === 'stale') return null;
  return `${name} is ${cell?.flag ?? 'without a flag'}`;
}

/** Reads the board of each web process again and again, and listens to its live feed, as open dashboards do. */
export function startReaders(input: {
  readonly origins: readonly string[];
  readonly cookie: string;
  readonly drivers: readonly WatchedDriver[];
}): Readers {
  const seen = { answers: 0, errors: 0, wrong: 0, frames: 0, examples: [] as string[] };
  const ending = new AbortController();
  const names = new Set(input.drivers.map(({ name }) => name));

  function blame(what: string): void {
    seen.wrong += 1;
    if (seen.examples.length < 10) seen.examples.push(what);
  }

  async function look(origin: string, driver: WatchedDriver): Promise<void> {
    const query = { ...noBoardQuery, group: 'none', module: 'dot', text: driver.name };
    const wanted = encodeURIComponent(JSON.stringify({ query, offset: 0, limit: 50 }));
    try {
      const response = await fetch(`${origin}/api/trpc/board.page?input=${wanted}`, {
        headers: { cookie: input.cookie, origin },
        signal: AbortSignal.timeout(8000),
      });
      const body: unknown = await response.json();
      if (response.status !== 200) {
        seen.errors += 1;
        return;
      }
      seen.answers += 1;
      const wrong = wrongIn(answerSchema.parse(body).result.data, driver);
      if (wrong !== null) blame(`${origin}: ${wrong}`);
    } catch (error) {
      // A body that is no board would be a wrong answer; a connection that fails is none.
      if (error instanceof z.ZodError) blame(`${origin}: no board: ${error.issues[0]?.message}`);
      else seen.errors += 1;
    }
  }

  async function keepLooking(origin: string): Promise<void> {
    for (let at = 0; !ending.signal.aborted; at += 1) {
      const driver = input.drivers[at % input.drivers.length];
      if (driver) await look(origin, driver);
      await sleep(everyMs);
    }
  }

  async function keepListening(origin: string): Promise<void> {
    while (!ending.signal.aborted) {
      await listen(origin, input.cookie, ending.signal, (text) => {
        seen.frames += 1;
        for (const change of greenIn(text))
          if (names.has(change)) blame(`${origin}: live: ${change} is green`);
      });
      await sleep(500);
    }
  }

  const running = input.origins.flatMap((origin) => [keepLooking(origin), keepListening(origin)]);
  return {
    sightings: () => ({ ...seen, examples: [...seen.examples] }),
    stop: async () => {
      ending.abort();
      await Promise.all(running);
    },
  };
}

const changeSchema = z.object({ name: z.string(), module: z.string(), to: z.object({ flag: z.string() }) });
const frameSchema = z.object({
  result: z.object({ data: z.object({ data: z.object({ changes: z.array(changeSchema) }) }) }),
});

/** Names of those whom a live frame turns green for DOT. */
function greenIn(text: string): string[] {
  const frame = frameSchema.safeParse(JSON.parse(text));
  if (!frame.success) return [];
  return frame.data.result.data.data.changes
    .filter((change) => change.module === 'dot' && change.to.flag === 'green')
    .map(({ name }) => name);
}

function listen(
  origin: string,
  cookie: string,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const url = new URL('/ws', origin);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, { headers: { cookie, origin }, handshakeTimeout: 5000 });
    const end = () => socket.terminate();
    signal.addEventListener('abort', end, { once: true });
    socket.on('open', () =>
      socket.send(
        JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.flags', input: null } }),
      ),
    );
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text === 'PING') socket.send('PONG');
      else if (text.startsWith('{')) onText(text);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
  });
}
