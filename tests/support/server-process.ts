import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../..');

/** A real server in a process of its own, on embedded engines in `folder`. */
export interface ServerProcess {
  origin: string;
  pid: number;
  /** Ends it as a power cut would: no handler runs. */
  kill9(): Promise<void>;
  /** Ends it as an administrator would: it drains. Answers the exit code. */
  stop(): Promise<number | null>;
  /** What it printed so far. */
  output(): string;
}

export interface ServerOptions {
  folder: string;
  port: number;
  env?: Readonly<Record<string, string>>;
  startTimeoutMs?: number;
}

/** A free port of the loopback interface. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
}

/** Starts `src/server.ts` and waits until it is ready. Throws with its last lines when it ends or takes too long. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { folder, port, startTimeoutMs = 180_000 } = options;
  const origin = `http://localhost:${port}`;
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PLUMBLINE_DATA: folder,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ORIGIN: origin,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = ended(child);
  const deadline = performance.now() + startTimeoutMs;
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the server did not become ready:\n${output.slice(-3000)}`);
    }
    await sleep(150);
  }
  return {
    origin,
    pid: child.pid ?? 0,
    output: () => output,
    kill9: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health/ready`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Waits until every consumer has handled all there is. */
export async function settled(origin: string, timeoutMs = 300_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let quiet = 0;
  while (quiet < 3) {
    if (performance.now() > deadline) throw new Error('the pipeline did not settle in time');
    const response = await fetch(`${origin}/health/pipeline`);
    const { lags } = (await response.json()) as { lags: Record<string, number> };
    quiet = Object.values(lags).every((lag) => lag === 0) ? quiet + 1 : 0;
    await sleep(300);
  }
}
