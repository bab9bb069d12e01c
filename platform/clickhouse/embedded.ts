import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { PlumblineError } from '#platform/errors';
import type { Log } from '#platform/log';
import { renderAccess, type EngineAccess } from './access.ts';
import { clientSettings } from './client-settings.ts';
import type { EmbeddedClickHouse } from './index.ts';
import { createWatchedChild, type WatchedChild } from './watched-child.ts';

export interface EmbeddedClickHouseOptions {
  /** Data folder; made when missing. One process at a time may hold it. */
  dir: string;
  log: Log;
  /** Created when missing. Default `plumbline`. */
  database?: string;
  /** Roles for requests that name some, and row filters by role; read when the engine starts. */
  access?: EngineAccess;
  /** Longest wait for the engine at start, and of a request while the engine restarts. Default 20 000. */
  startTimeoutMs?: number;
}

/** A socket's path may have 108 bytes at most (sun_path), the closing NUL among them. */
const longestSocketPath = 107;

/**
 * Starts chDB in a child process and connects the stock HTTP client to it.
 * Errors: `clickhouse.engine_did_not_start`, `clickhouse.socket_folder_not_private`.
 */
export async function createEmbeddedClickHouse(
  options: EmbeddedClickHouseOptions,
): Promise<EmbeddedClickHouse> {
  const folder = resolvePath(options.dir);
  const database = options.database ?? 'plumbline';
  const startTimeoutMs = options.startTimeoutMs ?? 20_000;
  const concurrency = Math.max(4, availableParallelism());
  const socket = prepareSocketPath(folder);
  const child = createWatchedChild({
    argument: {
      folder: join(folder, 'engine'),
      database,
      socket,
      concurrency,
      configFile: options.access === undefined ? null : writeAccess(folder, database, options.access),
    },
    // One thread per query, one per queued kill, and some for compression.
    threads: concurrency * 2 + 4,
    log: options.log,
  });
  try {
    await child.ready(startTimeoutMs);
  } catch (cause) {
    await child.stop(0);
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'clickhouse.engine_did_not_start',
      detail: 'The analytics engine did not start. Is another process using its data folder?',
      internal: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const clients: { client: ClickHouseClient; agent: Agent }[] = [];
  const connectTo = (name: string): ClickHouseClient => {
    // Each client closes sockets that it thinks idle: of a common agent, another one may be using them.
    const agent = createChildAgent(child, socket, startTimeoutMs);
    const made = createBridgeClient(agent, name);
    clients.push({ client: made, agent });
    return made;
  };
  return {
    client: connectTo(database),
    connectTo,
    database,
    mode: 'embedded',
    cluster: null,
    pid: child.pid,
    close: async () => {
      await child.stop(15_000);
      await Promise.all(clients.map((each) => each.client.close()));
      for (const { agent } of clients) agent.destroy();
    },
  };
}

function writeAccess(folder: string, database: string, access: EngineAccess): string {
  const file = join(folder, 'access.xml');
  writeFileSync(file, renderAccess(access, database, file), { mode: 0o600 });
  return file;
}

function createBridgeClient(agent: Agent, database: string): ClickHouseClient {
  return createClient({
    url: 'http://localhost',
    database,
    application: 'plumbline',
    http_agent: agent,
    // Rolling up a large import takes minutes; questions of screens bring a limit of their own.
    request_timeout: 600_000,
    // It writes to the console what it also throws.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: clientSettings,
  });
}

/** Beside the data when the path is short enough, else in a private folder of the temporary directory. */
export function prepareSocketPath(folder: string, temporary: string = tmpdir()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = join(folder, 'bridge.sock');
  if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  const elsewhere = join(temporary, `plumbline-${name}`);
  mkdirSync(elsewhere, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(elsewhere);
  // Its name can be guessed: whoever made it first could listen in our place.
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'clickhouse.socket_folder_not_private',
      detail: `The folder ${elsewhere} is not private to this user. Remove it, or use a shorter data folder.`,
    });
  }
  return join(elsewhere, 'bridge.sock');
}

/** Requests made while the child restarts wait for it instead of failing. */
function createChildAgent(child: WatchedChild, socket: string, timeoutMs: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  agent.createConnection = (_options, callback) => {
    connectWhenUp(child, socket, timeoutMs).then(
      (stream) => callback?.(null, stream),
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** A child that died a moment ago still counts as up; nothing was sent yet, so connecting again is safe. */
async function connectWhenUp(child: WatchedChild, socket: string, timeoutMs: number): Promise<Duplex> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    await child.ready(Math.max(leftMs, 0));
    try {
      return await connectOnce(socket);
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await sleep(20);
    }
  }
}

function connectOnce(socket: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const stream = connect(socket);
    stream.once('error', reject);
    stream.once('connect', () => {
      stream.off('error', reject);
      resolve(stream);
    });
  });
}
