import type { IncomingMessage, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import type { ClickHouse } from '#platform/clickhouse';
import type { Lifecycle } from '#platform/lifecycle';
import type { Postgres } from '#platform/postgres';
import { pathOf } from './live/upgrade.ts';

export type Lags = () => Promise<Readonly<Record<string, number>>>;

export interface HealthDeps {
  readonly role: string;
  /** The engines that this process uses: all are told of. */
  readonly engines: { readonly postgres: Postgres; readonly clickhouse?: ClickHouse };
  /** Those without which it must be sent nothing. Whoever can serve without one stays ready, or its loss stops all. */
  readonly needs: readonly ('postgres' | 'clickhouse')[];
  /** Of the consumers of this process. */
  readonly lags: Lags;
  readonly lifecycle: Pick<Lifecycle, 'ending'>;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

type Checks = Readonly<Record<string, () => Promise<unknown>>>;

/** A sign of life of each engine; rejects when there is none. */
export function checksOf({ postgres, clickhouse }: HealthDeps['engines']): Checks {
  return {
    postgres: () => postgres.asSystem((tx) => sql`select 1`.execute(tx)),
    ...(clickhouse && {
      clickhouse: async () => {
        const ping = await clickhouse.client.ping();
        if (!ping.success) throw ping.error;
      },
    }),
  };
}

async function statesOf(checks: Checks): Promise<Readonly<Record<string, 'ok' | 'failed'>>> {
  const states = Object.entries(checks).map(async ([name, check]) => {
    const state = await check().then(
      () => 'ok' as const,
      () => 'failed' as const,
    );
    return [name, state] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: it may be sent work; 503 while an engine that it needs does
 * not answer, and from the moment that the process was asked to end. `GET /health/pipeline`: records that each of its
 * consumers has yet to handle. @returns false when the request is not for it.
 */
export function createHealthRoutes({ role, engines, needs, lags, lifecycle }: HealthDeps) {
  const checks = checksOf(engines);

  async function ready(response: ServerResponse): Promise<void> {
    const states = await statesOf(checks);
    const failed = needs.some((engine) => states[engine] === 'failed');
    const status = lifecycle.ending() ? 'ending' : failed ? 'not ready' : 'ready';
    answer(response, status === 'ready' ? 200 : 503, { status, role, engines: states });
  }

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (path === '/health/live') answer(response, 200, { status: 'live', role });
    else if (path === '/health/pipeline') answer(response, 200, { lags: await lags() });
    else if (path === '/health/ready') await ready(response);
    else return false;
    return true;
  };
}
