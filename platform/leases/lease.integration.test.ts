import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createLease } from './index.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(() => postgres.close());

const lease = (holder: string, forMs = 60_000) => createLease({ postgres, name: 'timer', holder, forMs });

it('belongs to one holder, who can prolong it, until it is released', async () => {
  const [one, two] = [lease('one'), lease('two')];
  expect(await one.hold()).toBe(true);
  expect(await two.hold()).toBe(false);
  expect(await one.hold()).toBe(true);
  await two.release();
  expect(await two.hold()).toBe(false);
  await one.release();
  expect(await two.hold()).toBe(true);
  await two.release();
});

it('falls to another when it runs out', async () => {
  const [one, two] = [lease('one', 30), lease('two')];
  expect(await one.hold()).toBe(true);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  expect(await two.hold()).toBe(true);
  expect(await one.hold()).toBe(false);
});
