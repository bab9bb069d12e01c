import { Worker } from 'node:worker_threads';
import type { Engine } from './engine.ts';

/** What the thread starts with. */
export interface EngineStart {
  readonly folder: string;
  /** See engine-code.ts. */
  readonly code: WebAssembly.Module;
}

/** What the thread is told: protocol messages to run, or to close. */
export type EngineOrder = Uint8Array | 'close';
/** What the thread tells: that it can take orders, then the answers in the order of the messages. */
export type EngineAnswer = Uint8Array<ArrayBuffer> | 'ready';

interface Waiting {
  resolve: (answer: Uint8Array<ArrayBuffer>) => void;
  reject: (error: Error) => void;
}

/**
 * Opens the engine on a folder in a thread of its own, so that this one serves sockets and timers while the engine
 * works or waits for the disk. The engine's death is the end of its thread, and rejects all that waits.
 */
export function startEngineThread(start: EngineStart): Promise<Engine> {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { workerData: start });
  const waiting: Waiting[] = [];
  const started = Promise.withResolvers<Engine>();
  const ended = Promise.withResolvers<void>();
  let cause: Error | undefined;
  let death: Error | undefined;

  function die(code: number): void {
    death = cause ?? new Error(`The engine's thread ended with code ${code}.`);
    started.reject(death);
    for (const { reject } of waiting.splice(0)) reject(death);
    ended.resolve();
  }

  worker.on('message', (answer: EngineAnswer) => {
    if (answer === 'ready') started.resolve(engine);
    else waiting.shift()?.resolve(answer);
    // The thread holds the process only while somebody waits for it.
    if (waiting.length === 0) worker.unref();
  });
  worker.on('error', (error) => {
    cause = toError(error);
  });
  // Not before the thread is gone: a new engine must not meet the old one in the folder.
  worker.on('exit', die);

  const engine: Engine = {
    exec: (messages) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) {
          reject(death);
          return;
        }
        waiting.push({ resolve, reject });
        if (waiting.length === 1) worker.ref();
        const given = transferable(messages);
        worker.postMessage(given, [given.buffer]);
      }),
    close: async () => {
      worker.ref();
      worker.postMessage('close', []);
      await ended.promise;
    },
  };
  return started.promise;
}

/** The bytes alone in their buffer: small ones share a pool of Node's, which must not be given away. */
function transferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer);
  return new Uint8Array(bytes);
}

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));
