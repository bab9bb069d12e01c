import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';

/**
 * Tables of schema `public` that hold no tenant's data. A new table either has `tenant_id` and row security, or stands
 * here with a reason.
 */
const systemTables: Record<string, string> = {
  schema_migrations: 'which migrations ran',
  auth_users: 'people who sign in; one may belong to several tenants',
  auth_sessions: 'sign-in',
  auth_accounts: 'sign-in',
  auth_verifications: 'sign-in',
  auth_rate_limits: 'sign-in',
  event_log: 'event log: bytes of all tenants in order',
  event_log_counted: 'event log',
  event_log_groups: 'event log',
  event_log_layout: 'event log',
  event_log_members: 'event log',
  event_log_offsets: 'event log',
  event_log_topics: 'event log',
  leases: 'work that one process does',
  outbox: 'records of all tenants on their way to the log',
  rate_limits: 'counts of requests and failed sign-ins',
};

/** Tables without `tenant_id` that plumbline_app may read, with why that is no leak. */
const readableByApp: Record<string, string> = {};

let postgres: Postgres;

beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(() => postgres.close());

interface TableFact {
  name: string;
  has_tenant: boolean;
  enabled: boolean;
  forced: boolean;
  app_policies: number;
  app_reads: boolean;
}

async function tables(): Promise<TableFact[]> {
  const { rows } = await postgres.pool.query<TableFact>(`
    select c.relname as name,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        as has_tenant,
      c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
        and 'plumbline_app' = any(p.roles) and p.qual like '%tenant_id%' and p.with_check like '%tenant_id%')
        as app_policies,
      has_table_privilege('plumbline_app', c.oid, 'select') as app_reads
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`);
  return rows;
}

describe('every table', () => {
  it('that has a tenant_id has forced row security and a policy by tenant', async () => {
    const open = (await tables())
      .filter((table) => table.has_tenant)
      .filter((table) => !table.enabled || !table.forced || table.app_policies !== 1);
    expect(open).toEqual([]);
  });

  it('that has none is a known system table, closed to the app role', async () => {
    const without = (await tables()).filter((table) => !table.has_tenant);
    expect(without.map((table) => table.name).filter((name) => !(name in systemTables))).toEqual([]);
    expect(without.filter((table) => table.app_reads && !(table.name in readableByApp))).toEqual([]);
  });

  it('of the test: an unprotected table would be seen', async () => {
    await postgres.pool.query('create table left_open (tenant_id text not null)');
    try {
      const open = (await tables()).filter((table) => table.name === 'left_open');
      expect(open).toMatchObject([{ has_tenant: true, enabled: false, app_policies: 0 }]);
    } finally {
      await postgres.pool.query('drop table left_open');
    }
  });

  it('with a tenant_id shows, changes and takes rows of the own tenant only', async () => {
    for (const { name } of (await tables()).filter((table) => table.has_tenant)) {
      expect(await crossing(name)).toEqual({
        name,
        seen: ['ten_own'],
        changed: 0,
        removed: 0,
        taken: '42501',
      });
    }
  });
});

/** Puts a row of each of two tenants into a table, whatever its columns, and tries as one of them to reach the other's. */
async function crossing(name: string) {
  const table = sql.table(name);
  const outcome = { name, seen: [] as string[], changed: -1, removed: -1, taken: 'taken' };
  const trial = postgres.kysely.transaction().execute(async (tx) => {
    await fill(tx, name, ['ten_own', 'ten_other']);
    // What a table refuses to everybody must not hide what the policy lets through.
    await sql`grant select, insert, update, delete on ${table} to plumbline_app`.execute(tx);
    await sql`select set_config('role', 'plumbline_app', true), set_config('app.tenant_id', 'ten_own', true)`.execute(
      tx,
    );
    const rows = await sql<{ tenant_id: string }>`select tenant_id from ${table}`.execute(tx);
    outcome.seen = rows.rows.map((row) => row.tenant_id);
    const other = sql`tenant_id = 'ten_other'`;
    outcome.changed = Number(
      (await sql`update ${table} set tenant_id = tenant_id where ${other}`.execute(tx)).numAffectedRows,
    );
    outcome.removed = Number((await sql`delete from ${table} where ${other}`.execute(tx)).numAffectedRows);
    await sql`insert into ${table} (tenant_id) values ('ten_other')`.execute(tx);
  });
  await trial.catch((error: { code?: string; message: string }) => {
    outcome.taken = error.code ?? error.message;
  });
  return outcome;
}

async function fill(tx: Transaction<unknown>, name: string, tenantIds: readonly string[]): Promise<void> {
  const table = sql.table(name);
  // By the table's owner, who is no superuser on a server. All of it goes with the transaction.
  await sql`alter table ${table} disable trigger user, no force row level security`.execute(tx);
  const checks = await sql<{ conname: string }>`
    select conname from pg_constraint where conrelid = ${name}::regclass and contype in ('c', 'f')`.execute(
    tx,
  );
  for (const { conname } of checks.rows) {
    await sql`alter table ${table} drop constraint ${sql.id(conname)}`.execute(tx);
  }
  const columns = await sql<{ column: string; sample: string }>`
    select attname as column, case
      when format_type(atttypid, atttypmod) like '%[]' then '''{}'''
      when atttypid in ('jsonb'::regtype, 'json'::regtype) then '''{}'''
      when atttypid = 'boolean'::regtype then 'false'
      when atttypid = 'bytea'::regtype then '''x'''
      when typcategory = 'D' then 'now()'
      when typcategory = 'N' then '1'
      else 'gen_random_uuid()::text' end as sample
    from pg_attribute join pg_type on pg_type.oid = atttypid
    where attrelid = ${name}::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
      and attidentity = '' and attgenerated = '' and attname <> 'tenant_id'`.execute(tx);
  for (const tenantId of tenantIds) {
    const names = sql.join([sql.id('tenant_id'), ...columns.rows.map((each) => sql.id(each.column))]);
    const values = sql.join([sql.lit(tenantId), ...columns.rows.map((each) => sql.raw(each.sample))]);
    await sql`insert into ${table} (${names}) values (${values})`.execute(tx);
  }
}

describe('without a tenant', () => {
  it('the app role sees nothing at all', async () => {
    for (const { name } of (await tables()).filter((table) => table.has_tenant)) {
      const rows = await postgres.kysely.transaction().execute(async (tx) => {
        await sql`set local role plumbline_app`.execute(tx);
        return sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)}`.execute(tx);
      });
      expect([name, rows.rows[0]?.n]).toEqual([name, 0]);
    }
  });
});
