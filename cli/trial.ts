import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createSilentLog } from '#platform/log';
import { createMemoryPostgres } from '#platform/postgres';
import { openTrialPlanner, type Answerer } from '#rag';
import { guardAccess } from '#warehouse';
import { migrate, readMigrations } from '../migrations/run.ts';
import { seesMasked } from '../src/lib/server/visibility.ts';

export interface AssistantTrial {
  readonly planner: Answerer;
  readonly clickhouse: ClickHouse;
}

/** The offline planner over a made-up company in engines that are gone afterwards. */
export async function withTrialPlanner<T>(
  clock: Clock,
  work: (trial: AssistantTrial) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'plumbline-ask-'));
  const access = guardAccess('plumbline');
  const clickhouse = await createEmbeddedClickHouse({ dir, log: createSilentLog(), access });
  try {
    const postgres = await createMemoryPostgres();
    try {
      // Sections stand alone: their tables, and tenants that row security compares with.
      await migrate(
        postgres,
        (await readMigrations()).filter(({ name }) => /^(0001|0009|017\d)_/.test(name)),
      );
      const { planner } = await openTrialPlanner({ clickhouse, postgres, clock, ids: randomIds, seesMasked });
      return await work({ planner, clickhouse });
    } finally {
      await postgres.close();
    }
  } finally {
    await clickhouse.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
