import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../migrations/run.ts';
import {
  createEmptyServerDatabase,
  createServerDatabase,
  type ServerDatabase,
} from '../../tests/support/server-database.ts';
import type { Postgres } from './index.ts';

let database: ServerDatabase;
const opened: Postgres[] = [];

function connect(): Postgres {
  const postgres = database.connect();
  opened.push(postgres);
  return postgres;
}

beforeAll(async () => {
  database = await createServerDatabase();
});
afterEach(async () => {
  for (const postgres of opened.splice(0)) await postgres.close();
});
afterAll(() => database.drop());

async function sessions(watcher: Postgres, name: string): Promise<number> {
  const { rows } = await watcher.pool.query<{ n: number }>(
    'select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = $1',
    [name],
  );
  return rows[0]?.n ?? 0;
}

describe('a pool of several connections', () => {
  it('is ended by close when only libraries and migrations used it', async () => {
    const postgres = database.connect();
    const watcher = connect();
    await postgres.pool.query(`set application_name = 'closed soon'`);
    expect(await sessions(watcher, 'closed soon')).toBe(1);
    await postgres.close();
    await expect.poll(() => sessions(watcher, 'closed soon')).toBe(0);
  });

  it('keeps interleaved tenants apart, and hands connections back without role and tenant', async () => {
    const postgres = connect();
    const see = (tenant: string) =>
      postgres.asTenant(tenant, async (tx) => {
        await sql`select pg_sleep(0.002)`.execute(tx);
        const { rows } = await sql<{ tenant: string; role: string }>`
          select current_setting('app.tenant_id') as tenant, current_user as role`.execute(tx);
        return rows[0];
      });
    const bare = () =>
      postgres.pool.query<{ tenant: string | null; itself: boolean }>(
        `select current_setting('app.tenant_id', true) as tenant, current_user = session_user as itself`,
      );
    const work = Array.from({ length: 120 }, async (_, n) => {
      if (n % 3 === 0) {
        const [row] = (await bare()).rows;
        // '' where the connection had a tenant before, null where it had none yet.
        expect({ ...row, tenant: row?.tenant ?? '' }).toEqual({ tenant: '', itself: true });
      } else expect(await see(`ten_${n}`)).toEqual({ tenant: `ten_${n}`, role: 'plumbline_app' });
    });
    await Promise.all(work);
  });

  it('refuses a transaction inside a transaction, which would outlive its rollback', async () => {
    const postgres = connect();
    const nested = postgres.asTenant('ten_a', () => postgres.asSystem(() => Promise.resolve(1)));
    await expect(nested).rejects.toMatchObject({ code: 'postgres.nested_transaction' });
  });
});

describe('the login', () => {
  it('is no superuser, and going back to it inside a tenant’s transaction opens nothing', async () => {
    const postgres = connect();
    const { rows } = await postgres.pool.query(
      'select rolsuper, rolbypassrls from pg_roles where rolname = session_user',
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    await postgres.pool.query('create table held (tenant_id text not null)');
    await postgres.pool.query(`select protect_tenant_table('held')`);
    const add = (tenant: string) =>
      postgres.asTenant(tenant, (tx) => sql`insert into held values (${tenant})`.execute(tx));
    await add('ten_a');
    await add('ten_b');
    const seen = await postgres.asTenant('ten_a', async (tx) => {
      await sql`reset role`.execute(tx);
      return sql`select tenant_id from held`.execute(tx);
    });
    expect(seen.rows).toEqual([]);
  });
});

describe('migrations', () => {
  it('run once while three processes start at the same time', async () => {
    const empty = await createEmptyServerDatabase();
    const processes = [empty.connect(), empty.connect(), empty.connect()];
    try {
      const applied = await Promise.all(processes.map((each) => migrate(each)));
      expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
      expect(await migrate(processes[0] as Postgres)).toEqual([]);
    } finally {
      await Promise.all(processes.map((each) => each.close()));
      await empty.drop();
    }
  });
});
