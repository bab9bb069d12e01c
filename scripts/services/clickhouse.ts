import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Recipe } from './service.ts';

const entry = path.join(import.meta.dirname, 'clickhouse-bridge.ts');

/** ClickHouse's engine (chDB) behind a bridge that speaks its HTTP interface: not the server, see README.md. */
export function clickHouseRecipe(folder: string, port: number): Recipe {
  const data = path.join(folder, 'clickhouse');
  const concurrency = Math.max(4, availableParallelism());
  const argument = { folder: data, database: 'default', concurrency, configFile: null, port };
  return {
    name: 'clickhouse',
    url: `http://127.0.0.1:${port}`,
    port,
    mark: data,
    stopSignal: 'SIGTERM',
    prepare: async () => {
      mkdirSync(data, { recursive: true });
      return {
        title: 'ClickHouse engine (chDB behind an HTTP bridge)',
        command: process.execPath,
        args: [entry, JSON.stringify(argument)],
        // One libuv thread per running query, and some for files.
        env: { UV_THREADPOOL_SIZE: String(concurrency + 4), TZ: 'UTC' },
      };
    },
    isReady: () => answersPing(port),
  };
}

async function answersPing(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
