import type { EngineState } from '#contracts/screens/status';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { checksOf } from '../health.ts';

/** An engine that has not answered by then counts as down. */
const limitMs = 3000;

/** Asks each engine for a sign of life. Never rejects. */
export function createEngineChecks({ postgres, clickhouse }: { postgres: Postgres; clickhouse: ClickHouse }) {
  const named = Object.entries(checksOf({ postgres, clickhouse })) as [
    EngineState['name'],
    () => Promise<unknown>,
  ][];
  return (): Promise<EngineState[]> => Promise.all(named.map(([name, check]) => stateOf(name, check)));
}

async function stateOf(name: EngineState['name'], check: () => Promise<unknown>): Promise<EngineState> {
  const startedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const up = await Promise.race([
    check().then(
      () => true,
      () => false,
    ),
    late,
  ]);
  clearTimeout(timer);
  return { name, up, tookMs: up ? Math.round(performance.now() - startedMs) : null };
}
