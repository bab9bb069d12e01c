import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processEnvironment } from '#platform/config';
import { failure } from './failure.ts';
import { isPortFree, isRunning, sendSignal, signalTree, until, type Owner } from './host.ts';

export const serviceNames = ['kafka', 'postgres', 'clickhouse'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** How one service is made and recognised. */
export interface Recipe {
  name: ServiceName;
  /** What a client is given: broker list, database URL or HTTP address. */
  url: string;
  port: number;
  /** A part of its command line that no other process has. */
  mark: string;
  /** The signal that makes it finish its work and end. */
  stopSignal: NodeJS.Signals;
  /** Downloads and sets up what is missing; runs before each start. */
  prepare(): Promise<Launch>;
  isReady(): Promise<boolean>;
}

export interface Launch {
  /** e.g. `Apache Kafka 4.3.1`. */
  title: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  owner?: Owner | undefined;
}

/** One service in a process of its own, which outlives us unless stopped. */
export interface Service {
  readonly name: ServiceName;
  readonly url: string;
  /** The process that was started last; null when it was stopped or killed since. */
  readonly pid: number | null;
  isRunning(): Promise<boolean>;
  /** Ends it, and everything it started, as a power cut would. Data written so far stay. */
  kill(): Promise<void>;
  /** Holds it still: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Starts it on the same port and data, after stopping it where it runs. Resolves when it answers. */
  restart(): Promise<void>;
  /** Lets it finish and end. */
  stop(): Promise<void>;
}

const startTimeoutMs = 90_000;
const stopTimeoutMs = 30_000;
const killTimeoutMs = 10_000;
const portTimeoutMs = 3000;

/**
 * The service of a recipe. `folder` holds its log and the number of its process, so that another terminal can stop it.
 * Errors: `services.did_not_start` with the last lines of its log, `services.port_taken`.
 */
export function createService(recipe: Recipe, folder: string): Service {
  const logFile = path.join(folder, `${recipe.name}.log`);
  const last = createLastProcess(path.join(folder, `${recipe.name}.pid`), recipe.mark);

  async function stop(): Promise<void> {
    await last.signal('SIGCONT');
    if (!(await last.end(recipe.stopSignal, stopTimeoutMs))) await last.end('SIGKILL', killTimeoutMs);
  }

  return {
    name: recipe.name,
    url: recipe.url,
    get pid() {
      return last.pid();
    },
    isRunning: async () => (await last.living()) !== null,
    kill: async () => {
      await last.end('SIGKILL', killTimeoutMs);
    },
    pause: () => last.signal('SIGSTOP'),
    resume: () => last.signal('SIGCONT'),
    restart: async () => {
      await stop();
      await start(recipe, last, logFile);
    },
    stop,
  };
}

async function start(recipe: Recipe, last: LastProcess, logFile: string): Promise<void> {
  const launch = await recipe.prepare();
  if (!(await until(() => isPortFree(recipe.port), portTimeoutMs))) {
    throw failure(
      'services.port_taken',
      `Port ${recipe.port} of ${launch.title} is taken by another program.`,
    );
  }
  last.remember(spawnService(launch, logFile));
  let isGone = false;
  const isUp = await until(async () => {
    isGone = (await last.living()) === null;
    return isGone || (await recipe.isReady());
  }, startTimeoutMs);
  if (isUp && !isGone) return;
  await last.end('SIGKILL', killTimeoutMs);
  throw failure(
    'services.did_not_start',
    `${launch.title} ${isGone ? 'ended at its start' : 'does not answer'}. The last lines of ${logFile}:\n${lastLines(logFile)}`,
  );
}

/** The process that was started last, by us or by another terminal. */
interface LastProcess {
  pid(): number | null;
  living(): Promise<number | null>;
  remember(pid: number): void;
  /** To the process and all below it. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** @returns whether it ended in time; it is forgotten then. */
  end(signal: NodeJS.Signals, timeoutMs: number): Promise<boolean>;
}

function createLastProcess(file: string, mark: string): LastProcess {
  async function living(): Promise<number | null> {
    const pid = readPid(file);
    return pid !== null && (await isRunning(pid, mark)) ? pid : null;
  }
  return {
    pid: () => readPid(file),
    living,
    remember: (pid) => writeFileSync(file, `${pid}\n`),
    signal: async (signal) => {
      const pid = await living();
      if (pid !== null) await signalTree(pid, signal);
    },
    end: async (signal, timeoutMs) => {
      const pid = await living();
      if (pid !== null) {
        if (signal === 'SIGKILL') await signalTree(pid, signal);
        else sendSignal(pid, signal);
        if (!(await until(async () => !(await isRunning(pid, mark)), timeoutMs))) return false;
      }
      rmSync(file, { force: true });
      return true;
    },
  };
}

function spawnService(launch: Launch, logFile: string): number {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(launch.command, launch.args, {
      // A group of its own: a terminal's Ctrl-C must not reach it before we stop it in order.
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: { PATH: processEnvironment()['PATH'], LANG: 'C', ...launch.env },
      ...launch.owner,
    });
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw failure('services.did_not_start', `${launch.command} cannot be run.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

function readPid(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
