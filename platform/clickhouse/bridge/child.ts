import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, type Engine, type EngineOptions } from './engine.ts';
import { createBridge } from './http.ts';
import type { FromChild, ToChild } from './messages.ts';

/**
 * Entry of the child process: chDB behind the bridge. Argument: JSON of EngineOptions and the socket's path.
 * It lives exactly as long as the channel to its parent: when that closes, whatever the reason, the child ends at
 * once. Ending hard is safe: acknowledged inserts are on disk, an unacknowledged one is sent again by its owner.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as EngineOptions & { socket: string };

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal's Ctrl-C reaches the whole group; the parent decides when the engine stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

function tell(message: FromChild): void {
  process.send?.(message);
}

/** A predecessor whose parent died may need a moment to release the folder. */
async function openWhenFree(): Promise<Engine> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openEngine(options);
    } catch (error) {
      if (attempt === 40) throw error;
      await sleep(250);
    }
  }
}

/** Answers what is running, then ends. */
async function finish(engine: Engine, server: Server): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A kept-alive socket is idle only after its answer has been sent, so idle ones are closed again and again.
  setInterval(() => server.closeIdleConnections(), 20);
  await answered;
  await engine.close();
  process.exit(0);
}

try {
  const engine = await openWhenFree();
  const server = createBridge(engine);
  process.on('message', (message: ToChild) => {
    if (message.kind === 'stop') void finish(engine, server);
  });
  // The folder is ours now, so a socket file that is still there is a dead one's.
  rmSync(options.socket, { force: true });
  process.umask(0o077);
  server.listen(options.socket, () => tell({ kind: 'ready', version: engine.version }));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.send?.({ kind: 'failed', message } satisfies FromChild, () => process.exit(1));
}
