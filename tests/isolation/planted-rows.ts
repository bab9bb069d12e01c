import { sql, type Kysely } from 'kysely';
import type { Postgres } from '#platform/postgres';
import type { TableFact } from './catalogue.ts';
import { companies, idOf, places, type Place } from './sessions.ts';

/**
 * Puts a row about each person of each company into a table, whatever its other columns, and grants the tenants' role everything:
 * what a missing grant refuses must not hide what a policy lets through. The database is no good for anything else then.
 */
export async function plantRows(postgres: Postgres, table: TableFact): Promise<void> {
  const { kysely } = postgres;
  const target = sql.raw(quoted(table.name));
  await sql`alter table ${target} disable trigger user, no force row level security, disable row level security`.execute(
    kysely,
  );
  await dropConstraints(kysely, table.name);
  await sql`delete from ${target}`.execute(kysely);
  for (const company of companies) {
    for (const place of places) await sql.raw(insertText(table, company, place)).execute(kysely);
  }
  if (sharesRows(table)) await sql`insert into ${target} (tenant_id) values ('')`.execute(kysely);
  if (table.enabled) await sql`alter table ${target} enable row level security`.execute(kysely);
  if (table.forced) await sql`alter table ${target} force row level security`.execute(kysely);
  await sql`grant all on ${target} to plumbline_app, plumbline_system`.execute(kysely);
}

export const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

async function dropConstraints(kysely: Kysely<unknown>, name: string): Promise<void> {
  const { rows } = await sql<{ conname: string }>`
    select conname from pg_constraint where conrelid = ${quoted(name)}::regclass and contype in ('p', 'u', 'c', 'f')
    order by contype`.execute(kysely);
  for (const { conname } of rows) {
    await sql`alter table ${sql.raw(quoted(name))} drop constraint if exists ${sql.id(conname)} cascade`.execute(
      kysely,
    );
  }
  const needed = await sql<{ name: string }>`
    select attname as name from pg_attribute where attrelid = ${quoted(name)}::regclass and attnum > 0
      and not attisdropped and attnotnull and attidentity = ''`.execute(kysely);
  for (const column of needed.rows) {
    await sql`alter table ${sql.raw(quoted(name))} alter column ${sql.id(column.name)} drop not null`.execute(
      kysely,
    );
  }
  const indexes = await sql<{ name: string }>`
    select indexrelid::regclass::text as name from pg_index where indrelid = ${quoted(name)}::regclass and indisunique`.execute(
    kysely,
  );
  for (const index of indexes.rows) await sql`drop index ${sql.raw(index.name)}`.execute(kysely);
}

/** Whether rows without a company are everybody's to read. */
export const sharesRows = ({ policies }: TableFact): boolean =>
  policies.some(({ name }) => name === 'public_rows');

/** A row with the columns that say whose it is, and nothing else. */
function insertText(table: TableFact, company: string, place: Place): string {
  const whose: Record<string, string> = {
    tenant_id: company,
    employee_id: idOf('emp', company, place),
    user_id: idOf('usr', company, place),
    division_id: idOf('div', company, place),
    location_id: idOf('loc', company, place),
    ...(table.name === 'employees' && { id: idOf('emp', company, place) }),
  };
  const known = Object.entries(whose).filter(([name]) => table.columns.includes(name));
  if (known.length === 0) return `insert into ${quoted(table.name)} default values`;
  const names = known.map(([name]) => `"${name}"`).join(', ');
  return `insert into ${quoted(table.name)} (${names}) values (${known.map(([, value]) => `'${value}'`).join(', ')})`;
}
