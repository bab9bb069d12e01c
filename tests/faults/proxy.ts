import { connect, createServer, type Socket } from 'node:net';

/** A way to a service that can be cut, as a switch or a firewall would. */
export interface CuttableWay {
  readonly port: number;
  /** From now on nothing passes: open connections go silent, new ones are taken and go silent too. */
  cut(): void;
  /** What was open is dropped; new connections pass. */
  mend(): void;
  /** Each chunk is held back this long; 0 = none. */
  delay(ms: number): void;
  close(): void;
}

interface Pair {
  readonly client: Socket;
  readonly service: Socket;
}

/**
 * Passes connections on from `port` to `target` on the loopback interface. Cut means silence, not refusal: packets that
 * vanish are the harder fault, because nobody is told.
 */
export async function openWay(port: number, target: number): Promise<CuttableWay> {
  const pairs = new Set<Pair>();
  const state = { isCut: false, delayMs: 0 };

  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      if (state.isCut) return;
      if (state.delayMs === 0) {
        if (!to.write(chunk)) from.pause();
        return;
      }
      // One timer per chunk keeps their order: all wait equally long.
      setTimeout(() => {
        if (!state.isCut && to.writable) to.write(chunk);
      }, state.delayMs);
    });
    to.on('drain', () => from.resume());
  };

  const server = createServer((client) => {
    const service = connect(target, '127.0.0.1');
    const pair = { client, service };
    pairs.add(pair);
    for (const socket of [client, service]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        // A cut wire tells neither side that the other has gone.
        if (!state.isCut) [client, service].forEach((end) => end.destroy());
      });
    }
    pass(client, service);
    pass(service, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  const dropAll = () => {
    for (const { client, service } of pairs) [client, service].forEach((end) => end.destroy());
  };
  return {
    port,
    cut: () => {
      state.isCut = true;
    },
    mend: () => {
      state.isCut = false;
      dropAll();
    },
    delay: (ms) => {
      state.delayMs = ms;
    },
    close: () => {
      dropAll();
      server.close();
    },
  };
}
