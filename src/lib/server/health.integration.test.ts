import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { createHealthRoutes, type HealthDeps } from './health.ts';

let postgres: Postgres;
const servers: Server[] = [];
beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(async () => {
  for (const server of servers) server.close();
  await postgres.close();
});

/** As the driver answers when the server is gone. */
const away = { ping: () => Promise.resolve({ success: false, error: new Error('connection refused') }) };
const clickhouse = { client: away, database: 'x', mode: 'server', close: () => Promise.resolve() };

async function ask(deps: Partial<HealthDeps>, path = '/health/ready') {
  const handle = createHealthRoutes({
    role: 'web',
    engines: { postgres },
    needs: ['postgres'],
    lags: () => Promise.resolve({ live: 3 }),
    lifecycle: { ending: () => false },
    ...deps,
  });
  const server = createServer((request, response) => {
    void handle(request, response).then((answered) => answered || response.writeHead(404).end());
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, body: answer.status === 404 ? null : await answer.json() };
}

it('is ready while the engines that it needs answer, and tells of the others', async () => {
  const engines = { postgres, clickhouse: clickhouse as unknown as ClickHouse };
  expect(await ask({ engines })).toEqual({
    status: 200,
    body: { status: 'ready', role: 'web', engines: { postgres: 'ok', clickhouse: 'failed' } },
  });
  expect(await ask({ engines, needs: ['postgres', 'clickhouse'] })).toMatchObject({
    status: 503,
    body: { status: 'not ready' },
  });
});

it('is not ready from the moment that it was asked to end', async () => {
  expect(await ask({ lifecycle: { ending: () => true } })).toMatchObject({
    status: 503,
    body: { status: 'ending' },
  });
  expect((await ask({ lifecycle: { ending: () => true } }, '/health/live')).status).toBe(200);
});

it('tells the lags of its consumers, and leaves other paths alone', async () => {
  expect((await ask({}, '/health/pipeline')).body).toEqual({ lags: { live: 3 } });
  expect((await ask({}, '/health/other')).status).toBe(404);
});
