import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, keepFolder } from '../../scripts/services/downloads.ts';

const run = promisify(execFile);
/** No dependency of ours: named where no tool that reads our dependencies takes it for one. */
const peer = { name: '@duckdb/node-api', version: '1.5.6-r.1' };

/** What we use of `@duckdb/node-api`, which is no dependency: it is installed when this is measured. */
interface DuckDBApi {
  readonly DuckDBInstance: {
    create(file: string, settings: Readonly<Record<string, string>>): Promise<DuckDBInstance>;
  };
}

interface DuckDBInstance {
  connect(): Promise<DuckDBConnection>;
  closeSync(): void;
}

type Values = Readonly<Record<string, string | number | bigint>>;

export interface DuckDBConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string, values?: Values): Promise<{ getRowObjectsJS(): Record<string, unknown>[] }>;
}

export interface DuckDB {
  readonly version: string;
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** In memory, on as many threads as the machine has cores. */
export async function openDuckDB(say: (line: string) => void): Promise<DuckDB> {
  const folder = path.join(cacheFolder(), `duckdb-${peer.version}`);
  await keepFolder(folder, async (draft) => {
    say(`installing ${peer.name} ${peer.version}`);
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts'];
    await run('npm', ['install', ...quiet, '--prefix', draft, `${peer.name}@${peer.version}`], {
      cwd: draft,
    });
  });
  const require = createRequire(path.join(folder, 'package.json'));
  const { DuckDBInstance } = require(peer.name) as DuckDBApi;
  const instance = await DuckDBInstance.create(':memory:', {});
  return { version: peer.version, connect: () => instance.connect(), close: () => instance.closeSync() };
}
