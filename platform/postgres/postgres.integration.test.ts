import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { migrate } from '../../migrations/run.ts';
import { openTestDatabase } from '../../tests/support/database.ts';
import { killChild } from '../../tests/support/kill-child.ts';
import {
  createEmbeddedPostgres,
  createMemoryPostgres,
  createServerPostgres,
  isUniqueViolation,
  sqlStateOf,
  type Postgres,
  type Tx,
} from './index.ts';

const log = createSilentLog();
const writer = path.resolve(import.meta.dirname, '../../tests/support/programs/write-rows.ts');

type Notes = {
  notes: { id: string; tenant_id: string; body: string };
};

async function addNotesTable(postgres: Postgres): Promise<void> {
  await postgres.pool.query(
    `create table notes (id text primary key, tenant_id text not null, body text not null);
     select protect_tenant_table('notes')`,
  );
}

const notesIn = (tx: Tx) => tx.withTables<Notes>();

describe('tenant isolation', () => {
  let postgres: Postgres;

  beforeAll(async () => {
    postgres = await openTestDatabase();
    await addNotesTable(postgres);
    for (const tenantId of ['ten_a', 'ten_b']) {
      await postgres.asTenant(tenantId, async (tx) => {
        await notesIn(tx)
          .insertInto('notes')
          .values({ id: `n_${tenantId}`, tenant_id: tenantId, body: 'mine' })
          .execute();
      });
    }
  });
  afterAll(() => postgres.close());

  it('shows a tenant its own rows only', async () => {
    const rows = await postgres.asTenant('ten_a', (tx) =>
      notesIn(tx).selectFrom('notes').select('id').execute(),
    );
    expect(rows).toEqual([{ id: 'n_ten_a' }]);
  });

  it('cannot update or delete the other tenant’s rows', async () => {
    const changed = await postgres.asTenant('ten_a', async (tx) => {
      const updated = await notesIn(tx)
        .updateTable('notes')
        .set({ body: 'taken' })
        .where('id', '=', 'n_ten_b')
        .executeTakeFirst();
      const deleted = await notesIn(tx).deleteFrom('notes').where('id', '=', 'n_ten_b').executeTakeFirst();
      return Number(updated.numUpdatedRows) + Number(deleted.numDeletedRows);
    });
    expect(changed).toBe(0);
  });

  it('refuses a row written for the other tenant', async () => {
    const write = postgres.asTenant('ten_a', (tx) =>
      notesIn(tx).insertInto('notes').values({ id: 'n_x', tenant_id: 'ten_b', body: 'forged' }).execute(),
    );
    await expect(write).rejects.toMatchObject({ code: '42501' });
  });

  it('lets the system role see all tenants', async () => {
    const rows = await postgres.asSystem((tx) =>
      notesIn(tx).selectFrom('notes').select('id').orderBy('id').execute(),
    );
    expect(rows.map((row) => row.id)).toEqual(['n_ten_a', 'n_ten_b']);
  });

  it('holds under interleaved transactions of both tenants', async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, (_, at) => {
        const tenantId = at % 2 === 0 ? 'ten_a' : 'ten_b';
        return postgres.asTenant(tenantId, async (tx) => {
          const before = await notesIn(tx).selectFrom('notes').select('tenant_id').execute();
          const after = await notesIn(tx).selectFrom('notes').select('tenant_id').execute();
          return [...before, ...after].every((row) => row.tenant_id === tenantId) && before.length === 1;
        });
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('leaves neither role nor tenant behind, after commit and after rollback', async () => {
    await postgres
      .asTenant('ten_a', async () => {
        throw new Error('stop');
      })
      .catch(() => {});
    const { rows } = await postgres.pool.query(
      `select current_user = session_user as itself, current_setting('app.tenant_id', true) as tenant`,
    );
    expect(rows[0]).toEqual({ itself: true, tenant: '' });
  });

  it('refuses an empty tenant id', async () => {
    await expect(postgres.asTenant('', () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'postgres.tenant_missing',
    });
  });
});

describe('transactions', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    await addNotesTable(postgres);
  });
  afterAll(() => postgres.close());

  it('rolls back on throw and passes SQL errors on with their code', async () => {
    const twice = postgres.asTenant('ten_a', async (tx) => {
      const row = { id: 'n_1', tenant_id: 'ten_a', body: 'x' };
      await notesIn(tx).insertInto('notes').values(row).execute();
      await notesIn(tx).insertInto('notes').values(row).execute();
    });
    const error: unknown = await twice.catch((caught: unknown) => caught);
    expect(sqlStateOf(error)).toBe('23505');
    expect(isUniqueViolation(error, 'notes_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
    const rows = await postgres.asSystem((tx) => notesIn(tx).selectFrom('notes').selectAll().execute());
    expect(rows).toEqual([]);
  });

  it('keeps timers running while a caller queries in a loop', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    for (let at = 0; at < 300; at += 1) await postgres.pool.query('select 1');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it('lets a running transaction end before it closes', async () => {
    const other = await openTestDatabase();
    let closed = Promise.resolve();
    const result = other.asSystem(async (tx) => {
      closed = other.close();
      await sql`select pg_sleep(0.05)`.execute(tx);
      return 'committed';
    });
    expect(await result).toBe('committed');
    await closed;
  });

  it('runs afterCommit once after a commit and never after a rollback', async () => {
    let count = 0;
    await postgres.asSystem(() => {
      postgres.afterCommit(() => (count += 1));
      expect(count).toBe(0);
      return Promise.resolve();
    });
    expect(count).toBe(1);
    const failed = postgres.asSystem(() => {
      postgres.afterCommit(() => (count += 1));
      return Promise.reject(new Error('no'));
    });
    await expect(failed).rejects.toThrow('no');
    expect(count).toBe(1);
  });

  it('survives failing statements between good ones, with and without parameters', async () => {
    for (let round = 0; round < 20; round += 1) {
      const wrong = postgres.pool.query({ name: `wrong-${round}`, text: 'select $1::int', values: ['x'] });
      await expect(wrong).rejects.toMatchObject({ code: '22P02' });
      await expect(postgres.pool.query('select nothing')).rejects.toMatchObject({ code: '42703' });
      await expect(postgres.pool.query('select $1::int from nowhere', [1])).rejects.toMatchObject({
        code: '42P01',
      });
      const { rows } = await postgres.pool.query({
        name: 'right',
        text: 'select $1::text as it',
        values: ["a'b"],
      });
      expect(rows).toEqual([{ it: "a'b" }]);
    }
  });

  it('rolls back what a dropped client left open', async () => {
    const client = await postgres.pool.connect();
    await client.query('begin');
    await client.query('create table left_open (n int)');
    client.release(new Error('dropped'));
    const { rows } = await postgres.pool.query(`select to_regclass('left_open') as found`);
    expect(rows).toEqual([{ found: null }]);
  });

  it('takes a quote in a tenant id as part of it', async () => {
    const tenantId = "ten_'; reset role; --";
    const { rows } = await postgres.asTenant(tenantId, (tx) =>
      sql<{
        who: string;
        tenant: string;
      }>`select current_user as who, current_setting('app.tenant_id') as tenant`.execute(tx),
    );
    expect(rows).toEqual([{ who: 'plumbline_app', tenant: tenantId }]);
  });

  it('answers unavailable after close, and closes once', async () => {
    const other = await openTestDatabase();
    await Promise.all([other.close(), other.close()]);
    await expect(other.asSystem(() => Promise.resolve(1))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('answers unavailable when no server listens', async () => {
    const server = createServerPostgres({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const failure: unknown = await server.asSystem(() => Promise.resolve(1)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'postgres.unavailable' });
    await server.close();
  });
});

describe('vectors', () => {
  it('orders by distance through pgvector', async () => {
    const postgres = await createMemoryPostgres();
    await postgres.pool.query(
      `create extension vector; create table v (id int, at vector(2)); insert into v values (1,'[0,1]'),(2,'[1,0]')`,
    );
    const { rows } = await sql<{ id: number }>`select id from v order by at <=> '[1,0.1]' limit 1`.execute(
      postgres.kysely,
    );
    expect(rows).toEqual([{ id: 2 }]);
    await postgres.close();
  });
});

describe('on disk', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'plumbline-pg-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('keeps rows over a restart, is private, and refuses a second opener by name of the folder', async () => {
    const dir = path.join(home, 'one');
    const first = await createEmbeddedPostgres({ dir, log, clock: systemClock });
    await migrate(first);
    await addNotesTable(first);
    await first.asTenant('ten_a', (tx) =>
      notesIn(tx).insertInto('notes').values({ id: 'n', tenant_id: 'ten_a', body: 'kept' }).execute(),
    );
    const second = createEmbeddedPostgres({ dir, log, clock: systemClock });
    await expect(second).rejects.toMatchObject({
      code: 'postgres.folder_in_use',
      detail: expect.stringContaining(dir),
    });
    await first.close();

    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    const again = await createEmbeddedPostgres({ dir, log, clock: systemClock });
    const rows = await again.asTenant('ten_a', (tx) =>
      notesIn(tx).selectFrom('notes').select('body').execute(),
    );
    expect(rows).toEqual([{ body: 'kept' }]);
    await again.close();
  });

  it('starts over when a crash left a half-made folder', async () => {
    const dir = path.join(home, 'half');
    const killed = await killChild({ program: writer, args: [dir], afterMs: 1200 });
    expect(killed.signal).toBe('SIGKILL');
    const postgres = await createEmbeddedPostgres({ dir, log, clock: systemClock });
    expect((await postgres.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await postgres.close();
  });

  it('is refused to a second process while the first lives, and free after kill -9', async () => {
    const dir = path.join(home, 'killed');
    const killed = await killChild({
      program: writer,
      args: [dir],
      afterLines: 200,
      whileRunning: async () => {
        await expect(createEmbeddedPostgres({ dir, log, clock: systemClock })).rejects.toMatchObject({
          code: 'postgres.folder_in_use',
        });
      },
    });
    const acknowledged = killed.lines.map(Number);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    const postgres = await createEmbeddedPostgres({ dir, log, clock: systemClock });
    const { rows } = await postgres.pool.query<{ n: number }>('select n from writes');
    const kept = new Set(rows.map((row) => row.n));
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
    await postgres.close();
  });
});
