import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDemoState, type DemoState } from '#demo';
import {
  freePort,
  startServer as startProcess,
  type ServerProcess,
} from '../tests/support/server-process.ts';
import { cpuSecondsOf, residentBytesOf } from './cpu.ts';

/** A whole Plumbline in a process of its own, as `npm start` runs it, on a folder that goes away. */
export interface ServerUnderTest extends Pick<ServerProcess, 'origin' | 'startedInMs' | 'lags'> {
  readonly port: number;
  readonly state: DemoState;
  /** CPU seconds of the server and its ClickHouse child so far. */
  cpuSeconds(): number;
  residentBytes(): number | null;
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

export const temporaryFolder = () => mkdtempSync(path.join(tmpdir(), 'plumbline-bench-'));
export const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** Ready means that the sign-in page was served: what somebody who starts it waits for. */
export async function startServer(options: ServerOptions): Promise<ServerUnderTest> {
  const folder = options.folder ?? temporaryFolder();
  const port = await freePort();
  const env = {
    LOG_LEVEL: 'error',
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(options.people),
    PLUMBLINE_DEMO_HISTORY: String(options.history),
    PLUMBLINE_DEMO_RATE: '0',
    ...options.environment,
  };
  const server = await startProcess({ folder, port, env, readyPath: '/sign-in' });
  const state = readDemoState(folder);
  if (state === undefined) throw new Error('the server made no demo company');
  return {
    origin: server.origin,
    port,
    state,
    startedInMs: server.startedInMs,
    lags: () => server.lags(),
    cpuSeconds: () => cpuSecondsOf(server.pid),
    residentBytes: () => residentBytesOf(server.pid),
    stop: async () => {
      if ((await server.stop()) === null) throw new Error('the server did not end in time');
      if (options.folder === undefined) removeFolder(folder);
    },
  };
}
