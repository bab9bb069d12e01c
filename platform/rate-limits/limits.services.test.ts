import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { createServerDatabase, type ServerDatabase } from '../../tests/support/server-database.ts';
import { createRateLimits } from './index.ts';

let database: ServerDatabase;
let processes: Postgres[];
beforeAll(async () => {
  database = await createServerDatabase();
  processes = [database.connect(), database.connect()];
});
afterAll(async () => {
  for (const postgres of processes) await postgres.close();
  await database.drop();
});

it('counts over all processes', async () => {
  const [one, two] = processes.map((postgres) =>
    createRateLimits(postgres).counter('sign-in', { points: 3, windowS: 60 }),
  );
  await one?.count('ann');
  await two?.count('ann');
  expect(await one?.waitS('ann')).toBeNull();
  await two?.count('ann');
  expect(await one?.waitS('ann')).toBeGreaterThan(50);
  await one?.forget('ann');
  expect(await two?.waitS('ann')).toBeNull();
});

it('leases one limit to all processes', async () => {
  const doors = processes.map((postgres) => createRateLimits(postgres).allowance('door', { windowS: 60 }));
  const takes = Array.from({ length: 300 }, async (_, n) => doors[n % 2]?.take('ten_a', 200));
  const through = (await Promise.all(takes)).filter((wait) => wait === null).length;
  expect(through).toBeLessThanOrEqual(200);
  expect(through).toBeGreaterThanOrEqual(191);
});

it('goes on counting for itself while the database is away', async () => {
  const postgres = database.connect();
  const limits = createRateLimits(postgres);
  await postgres.close();
  const door = limits.allowance('away', { windowS: 60 });
  expect([await door.take('k', 2), await door.take('k', 2), await door.take('k', 2)]).toEqual([
    null,
    null,
    60,
  ]);
});
