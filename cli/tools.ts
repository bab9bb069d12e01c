import { loadEngineConfig, processEnvironment, type EngineConfig } from '#platform/config';
import { systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import type { Keys } from '#platform/keys';
import { createLog, type Log } from '#platform/log';
import { openPostgres, type Postgres } from '#platform/postgres';
import { openKeys } from '../src/lib/server/keys.ts';

export interface Tool {
  readonly config: EngineConfig;
  readonly postgres: Postgres;
  readonly log: Log;
  /** Opened by the commands that need them: the others run where no master key is. */
  keys(): Keys;
}

/** Opens the configured Postgres for one command, and closes it. */
export async function withPostgres(work: (tool: Tool) => Promise<void>): Promise<void> {
  const config = loadEngineConfig(processEnvironment(), 'tool');
  const log = createLog({ level: 'warn', pretty: process.stdout.isTTY });
  const postgres = await openPostgres(config, { log, clock: systemClock });
  try {
    const keys = () => openKeys(config, { log, clock: systemClock, ids: randomIds });
    await work({ config, postgres, log, keys });
  } finally {
    await postgres.close();
  }
}

/** A line on standard output. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);
