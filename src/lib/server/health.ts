import type { IncomingMessage, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import type { Engines } from './engines.ts';
import { pathOf } from './live/upgrade.ts';
import type { Pipeline } from './pipeline.ts';

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: its engines answer; 503 with the name of the one that does
 * not. `GET /health/pipeline`: records that each consumer has yet to handle. @returns false when the request is not for it.
 */
export function createHealthRoutes({ postgres, clickhouse }: Engines, pipeline: Pick<Pipeline, 'lags'>) {
  const checks: Record<string, () => Promise<unknown>> = {
    postgres: () => postgres.asSystem((tx) => sql`select 1`.execute(tx)),
    clickhouse: async () => {
      const ping = await clickhouse.client.ping();
      if (!ping.success) throw ping.error;
    },
  };
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request);
    if (path === '/health/live') {
      answer(response, 200, { status: 'live' });
      return true;
    }
    if (path === '/health/pipeline') {
      answer(response, 200, { lags: await pipeline.lags() });
      return true;
    }
    if (path !== '/health/ready') return false;
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const ok = await check().then(
          () => true,
          () => false,
        );
        return [name, ok ? 'ok' : 'failed'] as const;
      }),
    );
    const ready = results.every(([, state]) => state === 'ok');
    answer(response, ready ? 200 : 503, {
      status: ready ? 'ready' : 'not ready',
      engines: Object.fromEntries(results),
    });
    return true;
  };
}
