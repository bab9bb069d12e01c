import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPool } from './embedded-pool.ts';
import { compileEngine } from './engine-code.ts';
import { openEngine } from './data-folder.ts';
import type { EngineStart } from './engine-thread.ts';
import { createEmbeddedPostgres, type Tx } from './index.ts';
import { createPostgresOver } from './transactions.ts';

/** Overflows the stack of WebAssembly, which leaves the engine unusable. */
const recursion = `create function deeper(n int) returns int language plpgsql as 'begin return deeper(n + 1); end'`;
const insert = (tx: Tx, n: number) => sql`insert into kept values (${n})`.execute(tx);

const openAt = ({ folder }: EngineStart) =>
  createEmbeddedPostgres({ dir: folder, log: createSilentLog(), clock: systemClock });

const unavailable = { code: 'postgres.engine_broken', kind: 'unavailable' };

describe('engine in its thread', () => {
  let home: string;
  let start: EngineStart;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'plumbline-thread-'));
    start = { folder: path.join(home, 'cluster'), code: await compileEngine() };
    const made = await openAt(start);
    await made.pool.query(
      'create role plumbline_system; create table kept (n int primary key); grant all on kept to plumbline_system',
    );
    await made.pool.query(recursion);
    await made.close();
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('dies in a transaction as a clear error, loses that transaction only, and the next one works', async () => {
    const engine = await openEngine(start);
    const reopened = Promise.withResolvers<void>();
    const broken: Error[] = [];
    const { pool, closeEngine } = createEmbeddedPool(engine, {
      checkoutTimeoutMs: 5000,
      reopen: () => openEngine(start),
      onReopened: reopened.resolve,
      onError: (error) => broken.push(error),
    });
    const postgres = createPostgresOver({ pool, mode: 'embedded', closeEngine });
    await postgres.asSystem((tx) => insert(tx, 1));
    const cut = postgres.asSystem(async (tx) => {
      await insert(tx, 2);
      await sql`select deeper(1)`.execute(tx);
      await insert(tx, 3);
    });
    await expect(cut).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(postgres.asSystem((tx) => insert(tx, 4))).rejects.toMatchObject(unavailable);
    expect(broken.map((error) => error.message)).toEqual(['The engine broke off its answer.']);
    await reopened.promise;
    await postgres.asSystem((tx) => insert(tx, 5));
    const { rows } = await pool.query('select n from kept order by n');
    expect(rows).toEqual([{ n: 1 }, { n: 5 }]);
    await postgres.close();
  });

  it('lets running work end before it closes, and gives the folder back', async () => {
    const postgres = await openAt(start);
    let closed = Promise.resolve();
    const work = postgres.asSystem(async (tx) => {
      closed = postgres.close();
      await sql`select pg_sleep(0.1)`.execute(tx);
      await insert(tx, 10);
    });
    const beside = postgres.pool.query('select pg_sleep(0.05)');
    await Promise.all([work, beside]);
    await closed;
    await expect(postgres.asSystem((tx) => insert(tx, 11))).rejects.toMatchObject({ kind: 'unavailable' });
    const again = await openAt(start);
    expect((await again.pool.query('select n from kept where n >= 10')).rows).toEqual([{ n: 10 }]);
    await again.close();
  });

  it('leaves this thread free while the engine works', async () => {
    const postgres = await openAt(start);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    await postgres.pool.query('select count(*) from generate_series(1, 3000000)');
    clearInterval(timer);
    await postgres.close();
    // One blocked thread would have seen none.
    expect(ticks).toBeGreaterThan(5);
  });
});
