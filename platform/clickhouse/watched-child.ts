import { fork, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Log } from '#platform/log';
import type { FromChild, ToChild } from './bridge/messages.ts';
import { createReadiness } from './readiness.ts';

export interface WatchedChildOptions {
  /** Given to the child as its one argument, as JSON. */
  argument: object;
  /** libuv threads of the child: one per running query, and some for files. */
  threads: number;
  log: Log;
}

/** A child process that is started again whenever it ends unasked. */
export interface WatchedChild {
  /** Resolves when the child takes requests; rejects when it does not within `timeoutMs`, or was stopped. */
  ready(timeoutMs: number): Promise<void>;
  pid(): number | null;
  /** Asks the child to finish its work and end; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const entry = fileURLToPath(new URL('./bridge/child.ts', import.meta.url));

const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** A child that lived this long was healthy: the next restart waits the first delay again. */
const healthyAfterMs = 60_000;

/** Delay before the given restart, counted from 1. */
export function restartDelayMs(attempt: number): number {
  return Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
}

export function createWatchedChild(options: WatchedChildOptions): WatchedChild {
  const log = options.log.child({ component: 'clickhouse' });
  const readiness = createReadiness();
  let child: ChildProcess | null = null;
  let stopped = false;
  let attempt = 0;
  let failure = '';
  let restart: NodeJS.Timeout | undefined;
  let health: NodeJS.Timeout | undefined;

  function onMessage(message: FromChild): void {
    if (message.kind === 'failed') {
      failure = message.message;
      return;
    }
    log.info({ version: message.version }, 'analytics engine ready');
    readiness.up();
  }

  function onExit(status: number | null, signal: string | null): void {
    child = null;
    readiness.down();
    clearTimeout(health);
    if (stopped) return;
    attempt += 1;
    const retryInMs = restartDelayMs(attempt);
    const err = failure === '' ? undefined : new Error(failure);
    log.error({ status, signal, attempt, retryInMs, err }, 'analytics engine ended; starting it again');
    restart = setTimeout(start, retryInMs);
  }

  function start(): void {
    failure = '';
    child = spawnChild(options, log);
    child.on('message', onMessage);
    child.once('exit', onExit);
    health = setTimeout(() => {
      attempt = 0;
    }, healthyAfterMs).unref();
  }

  async function stop(graceMs: number): Promise<void> {
    if (stopped) return;
    stopped = true;
    clearTimeout(restart);
    clearTimeout(health);
    readiness.end(new Error('The analytics engine was stopped.'));
    if (child !== null) await endChild(child, graceMs);
  }

  start();
  return {
    ready: (timeoutMs) =>
      readiness.wait(timeoutMs, () => `The analytics engine did not start. ${failure}`.trim()),
    pid: () => child?.pid ?? null,
    stop,
  };
}

function spawnChild(options: WatchedChildOptions, log: Log): ChildProcess {
  const started = fork(entry, [JSON.stringify(options.argument)], {
    execPath: process.execPath,
    execArgv: [],
    // Nothing of our environment: it holds secrets, and the child needs none of it.
    env: { UV_THREADPOOL_SIZE: String(options.threads), TZ: 'UTC', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  started.on('error', (err) => log.error({ err }, 'analytics engine cannot be reached'));
  started.stderr?.on('data', (chunk: Buffer) => {
    log.warn({ err: new Error(chunk.toString()) }, 'analytics engine wrote to its error output');
  });
  return started;
}

async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  if (child.connected) child.send({ kind: 'stop' } satisfies ToChild, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
