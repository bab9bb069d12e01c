import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from './engine.ts';
import type { EngineAnswer, EngineOrder, EngineStart } from './engine-thread.ts';
import { openOnDisk } from './pglite.ts';

/**
 * The program of the engine's thread: opens the folder it is given and obeys until it is closed. Whatever breaks the
 * engine ends the thread, as an unhandled rejection, and engine-thread.ts sees that.
 */
const port = parentPort;
if (port === null) throw new Error('The engine runs in a worker thread only.');

const tell = (answer: EngineAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(answer, transfer);

const { folder, code } = workerData as EngineStart;
const engine = createEngine(await openOnDisk(folder, code));
port.on('message', (order: EngineOrder) => {
  void obey(order);
});
tell('ready');

async function obey(order: EngineOrder): Promise<void> {
  if (order === 'close') {
    await engine.close();
    port?.close();
    return;
  }
  const answer = await engine.exec(order);
  tell(answer, [answer.buffer]);
}
