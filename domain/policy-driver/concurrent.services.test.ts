import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLease } from '#platform/leases';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import type { EmployeeId } from '#contracts/ids';
import { createServerDatabase, type ServerDatabase } from '../../tests/support/server-database.ts';
import { lockPeople } from './locks.ts';
import { createRecheckTimer } from './timer.ts';
import { systemClock } from '#platform/clock';

let database: ServerDatabase;
let processes: Postgres[];
beforeAll(async () => {
  database = await createServerDatabase();
  processes = [database.connect(), createServerPostgres({ url: database.url })];
});
afterAll(async () => {
  for (const postgres of processes) await postgres.close();
  await database.drop();
});

const people = (...numbers: number[]) => numbers.map((n) => `emp_${n}` as EmployeeId);
const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

it('two transactions never decide one person at once, and never wait for each other', async () => {
  const inside = new Map<EmployeeId, number>();
  let most = 0;
  async function decide(postgres: Postgres, ids: EmployeeId[]): Promise<void> {
    await postgres.asTenant('ten_a', async (tx) => {
      await lockPeople(tx, postgres.mode, ids);
      for (const id of ids) {
        inside.set(id, (inside.get(id) ?? 0) + 1);
        most = Math.max(most, inside.get(id) ?? 0);
      }
      await pause(5);
      for (const id of ids) inside.set(id, (inside.get(id) ?? 0) - 1);
    });
  }
  const rounds = Array.from({ length: 40 }, async (_, n) => {
    const ids = [...new Set(people(n % 3, (n + 1) % 3, (n * 7) % 5))];
    const postgres = processes[n % 2];
    if (postgres) await decide(postgres, n % 4 < 2 ? ids : ids.toReversed());
  });
  await Promise.all(rounds);
  expect(most).toBe(1);
});

it('one timer runs, and the other takes over when it stops', async () => {
  const turns: string[] = [];
  const timers = processes.map((postgres, at) =>
    createRecheckTimer({
      driver: {
        applyEvents: () => Promise.reject(new Error('not asked')),
        recheckPeople: () => Promise.reject(new Error('not asked')),
        recheckDue: () => {
          turns.push(`process ${at}`);
          return Promise.resolve(0);
        },
      },
      postgres,
      clock: systemClock,
      lease: createLease({ postgres, name: 'recheck-timer', holder: `process ${at}`, forMs: 25_000 }),
      onError: (error) => turns.push(String(error)),
    }),
  );
  await expect.poll(() => turns.length, { timeout: 5000 }).toBeGreaterThan(0);
  await pause(2500);
  const [first] = turns;
  expect(new Set(turns)).toEqual(new Set([first]));
  const at = first === 'process 0' ? 0 : 1;
  await timers[at]?.stop();
  const other = `process ${1 - at}`;
  await expect.poll(() => turns.includes(other), { timeout: 5000 }).toBe(true);
  await timers[1 - at]?.stop();
  const { rows } = await (processes[0]?.pool.query('select 1 from leases') ?? { rows: ['no process'] });
  expect(rows).toEqual([]);
});
