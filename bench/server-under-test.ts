import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDemoState, type DemoState } from '#demo';
import { systemClock } from '#platform/clock';
import { processEnvironment } from '#platform/config';
import { freePort } from '../tests/support/server-process.ts';
import { cpuSecondsOf, residentBytesOf } from './cpu.ts';

/** A whole Plumbline in a process of its own, as `npm start` runs it, on a folder that goes away. */
export interface ServerUnderTest {
  readonly origin: string;
  readonly port: number;
  readonly state: DemoState;
  /** From starting the process until the sign-in page was served. */
  readonly startedInMs: number;
  /** CPU seconds of the server and its ClickHouse child so far. */
  cpuSeconds(): number;
  residentBytes(): number | null;
  /** Records that each consumer has yet to handle. */
  lags(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly people: number;
  readonly history: boolean;
  /** Further settings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A folder of an earlier start; a new one when absent. The caller removes it. */
  readonly folder?: string;
}

const entry = new URL('../src/server.ts', import.meta.url);

export const temporaryFolder = () => mkdtempSync(path.join(tmpdir(), 'plumbline-bench-'));
export const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

export async function startServer(options: ServerOptions): Promise<ServerUnderTest> {
  const folder = options.folder ?? temporaryFolder();
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env = {
    ...processEnvironment(),
    PORT: String(port),
    ORIGIN: origin,
    LOG_LEVEL: 'error',
    PLUMBLINE_DATA: folder,
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(options.people),
    PLUMBLINE_DEMO_HISTORY: String(options.history),
    PLUMBLINE_DEMO_RATE: '0',
    ...options.environment,
  };
  const startedAtMs = systemClock.nowMs();
  const child = fork(entry, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await untilServed(child, `${origin}/sign-in`);
  const startedInMs = systemClock.nowMs() - startedAtMs;
  const state = readDemoState(folder);
  if (state === undefined) throw new Error('the server made no demo company');
  return {
    origin,
    port,
    state,
    startedInMs,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    residentBytes: () => residentBytesOf(child.pid ?? 0),
    lags: async () => {
      const answer = await fetch(`${origin}/health/pipeline`);
      return ((await answer.json()) as { lags: Record<string, number> }).lags;
    },
    stop: async () => {
      await endProcess(child);
      if (options.folder === undefined) removeFolder(folder);
    },
  };
}

async function untilServed(child: ChildProcess, url: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(25);
  }
}

/** Asks the process to end and waits; one that does not end in time is killed, and that is an error. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await ended;
  clearTimeout(late);
  if (child.signalCode === 'SIGKILL') throw new Error('the server did not end within 30 s');
}
