import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectOutput } from './collected-logs.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A real server in a process of its own. */
export interface ServerProcess {
  origin: string;
  pid: number;
  /** From starting the process until it was ready. */
  startedInMs: number;
  /** Records that each of its consumers has yet to handle. */
  lags(): Promise<Record<string, number>>;
  /** Asks it to end and does not wait. */
  signal(name: 'SIGTERM' | 'SIGINT'): void;
  /** Ends it as a power cut would: no handler runs. */
  kill9(): Promise<void>;
  /** Ends it as an administrator would: it drains. Answers the exit code; null when it had to be killed. */
  stop(): Promise<number | null>;
  isRunning(): boolean;
  /** What it printed so far. */
  output(): string;
}

export interface ServerOptions {
  folder: string;
  port: number;
  env?: Readonly<Record<string, string>>;
  /** What runs; the whole server when absent, e.g. `['cli.ts', 'web']`. */
  program?: readonly string[];
  /** Answers 200 when it is ready; `/health/ready` when absent. */
  readyPath?: string;
  startTimeoutMs?: number;
  /** Killed after this long without ending; 60 s when absent. */
  stopTimeoutMs?: number;
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

/** Starts the program and waits until it is ready. Throws with its last lines when it ends or takes too long. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { port, startTimeoutMs = 180_000, program = ['src/server.ts'] } = options;
  const origin = `http://localhost:${port}`;
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [...program], {
    cwd: root,
    env: environmentOf(options, origin),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = ended(child);
  void gone.then(() => collectOutput(output));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  while (!(await answersOk(origin + (options.readyPath ?? '/health/ready')))) {
    if (!isRunning() || performance.now() > startedAtMs + startTimeoutMs) {
      child.kill('SIGKILL');
      throw new Error(`${program.join(' ')} did not become ready:\n${output.slice(-3000)}`);
    }
    await sleep(25);
  }
  return {
    origin,
    pid: child.pid ?? 0,
    startedInMs: performance.now() - startedAtMs,
    lags: async () => {
      const response = await fetch(`${origin}/health/pipeline`);
      return ((await response.json()) as { lags: Record<string, number> }).lags;
    },
    output: () => output,
    isRunning,
    signal: (name) => void child.kill(name),
    kill9: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: () => endProcess(child, options.stopTimeoutMs),
  };
}

/** Asks a process to end and waits for its exit code; one that does not end in time is killed, which answers null. */
export async function endProcess(child: ChildProcess, timeoutMs = 60_000): Promise<number | null> {
  const gone = ended(child);
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await gone;
  clearTimeout(late);
  return code;
}

function environmentOf({ folder, port, env }: ServerOptions, origin: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'production',
    PLUMBLINE_DATA: folder,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ORIGIN: origin,
    ...env,
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
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
