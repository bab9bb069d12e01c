import { sql } from 'kysely';
import { sqlStateOf, type Postgres, type Tx } from '#platform/postgres';
import { reachOf, type Classes, type Reach, type TableFact } from './catalogue.ts';
import { quoted, sharesRows } from './planted-rows.ts';
import { companies, idOf, places, type RowAsker } from './sessions.ts';

export interface Tally {
  cells: number;
  crossed: number;
}

/** A row by whose it is: company and, where the table says so, person or user. */
type Whose = string;

const refused = '42501';

/**
 * Tries a planted table as every role, and as the transactions that have none: reads, changes and removes all there is,
 * gives away what is seen, and adds rows of others. Answers all that is not as it must be, in words.
 */
export async function tryTable(
  postgres: Postgres,
  table: TableFact,
  classes: Classes,
  askers: readonly RowAsker[],
  tally: Tally,
): Promise<string[]> {
  const reach = reachOf(table, classes.user, table.name);
  const shared = sharesRows(table) ? [''] : [];
  const trial = { table, reach, tally, shared };
  const found: string[] = [];
  for (const asker of askers) {
    const may = rowsFor(reach, asker);
    const work = (tx: Tx) => tryRows(tx, trial, may, addsBeyond(table, reach, asker));
    found.push(...(await told(asker.name, postgres.asViewer(asker.scope, work))));
  }
  const everything =
    reach === 'closed' ? closedRows : [...companies.flatMap((company) => rowsOf(reach, company)), ...shared];
  found.push(
    ...(await told(
      'the system',
      postgres.asSystem((tx) => tryRows(tx, { ...trial, shared: [] }, everything, [])),
    )),
  );
  found.push(...(await told('a tenant’s role without a tenant', withoutTenant(postgres, trial))));
  return found.map((words) => `${table.name} · ${words}`);
}

async function told(who: string, trial: Promise<string[]>): Promise<string[]> {
  return (await trial).map((words) => `${who} · ${words}`);
}

interface Trial {
  readonly table: TableFact;
  readonly reach: Reach;
  readonly tally: Tally;
  /** Rows of no company, which everybody may read. */
  readonly shared: readonly Whose[];
}

const closedRows: readonly Whose[] = companies.flatMap(() => places.map(() => '-'));

function rowsOf(reach: Reach, company: string): Whose[] {
  if (reach === 'company') return places.map(() => company);
  const kind = reach === 'user' ? 'usr' : 'emp';
  return places.map((place) => `${company} ${idOf(kind, company, place)}`);
}

/** What the asker may be told, by hand: never by the policies. */
function rowsFor(reach: Reach, { sees, limited }: RowAsker): Whose[] {
  const all = rowsOf(reach, 'ten_own');
  if (reach === 'closed') return [];
  if (reach === 'company' || !limited) return all;
  // The user of every asker is the one of the north.
  return places.flatMap((place, at) => {
    const seen = reach === 'user' ? place === 'north' : sees.includes(place);
    return seen ? [all[at] ?? ''] : [];
  });
}

/** Rows that must not be taken: of the other company, and of one's own company beyond the scope. */
function addsBeyond(
  table: TableFact,
  reach: Reach,
  { sees, limited }: RowAsker,
): Readonly<Record<string, string>>[] {
  if (reach === 'closed') return [{}];
  const others = { tenant_id: 'ten_other' };
  if (!limited || reach === 'company') return [others];
  if (reach === 'user') return [others, { tenant_id: 'ten_own', user_id: idOf('usr', 'ten_own', 'south') }];
  const column = table.name === 'employees' ? 'id' : 'employee_id';
  const unseen = places.filter((place) => !sees.includes(place));
  return [
    others,
    ...unseen.map((place) => ({ tenant_id: 'ten_own', [column]: idOf('emp', 'ten_own', place) })),
  ];
}

async function tryRows(
  tx: Tx,
  { table, reach, tally, shared }: Trial,
  may: readonly Whose[],
  adds: readonly Readonly<Record<string, string>>[],
): Promise<string[]> {
  const target = sql.raw(quoted(table.name));
  const found: string[] = [];
  const note = (crossed: number, words: string) => {
    tally.cells += 1;
    if (words === '') return;
    tally.crossed += crossed;
    found.push(words);
  };
  const seen = await readWhose(tx, table, reach);
  const readable = [...may, ...shared];
  const beyond = seen.filter((row) => !readable.includes(row));
  note(
    beyond.length,
    seen.toSorted().join() === readable.toSorted().join() ? '' : `sees ${seen.join(', ') || 'nothing'}`,
  );
  const column = table.columns.includes('tenant_id') ? 'tenant_id' : (table.columns[0] ?? '');
  const changes = {
    changes: sql`update ${target} set ${sql.id(column)} = ${sql.id(column)}`,
    removes: sql`delete from ${target}`,
  };
  for (const [verb, statement] of Object.entries(changes)) {
    const rows = await attempt(tx, async () => Number((await statement.execute(tx)).numAffectedRows));
    note(
      Math.max(0, Number(rows) - may.length),
      rows === may.length ? '' : `${verb} ${rows} of ${may.length} rows`,
    );
  }
  if (reach !== 'closed' && may.length > 0 && adds.length > 0) {
    const given = await attempt(tx, () => sql`update ${target} set tenant_id = 'ten_other'`.execute(tx));
    note(1, given === refused ? '' : 'gives its rows to another company');
  }
  for (const row of adds) {
    const taken = await attempt(tx, () => insert(tx, table, row));
    note(
      1,
      taken === refused ? '' : `adds ${JSON.stringify(row)} (${typeof taken === 'string' ? taken : 'taken'})`,
    );
  }
  return found;
}

async function readWhose(tx: Tx, table: TableFact, reach: Reach): Promise<Whose[]> {
  const person = table.name === 'employees' ? 'id' : 'employee_id';
  const whose = {
    closed: sql`'-'`,
    company: sql`tenant_id`,
    person: sql`tenant_id || ' ' || ${sql.id(person)}`,
    user: sql`tenant_id || ' ' || user_id`,
  }[reach];
  const { rows } = await sql<{ whose: string }>`
    select ${whose} as whose from ${sql.raw(quoted(table.name))}`.execute(tx);
  return rows.map((row) => row.whose);
}

function insert(tx: Tx, table: TableFact, row: Readonly<Record<string, string>>) {
  const target = sql.raw(quoted(table.name));
  const names = Object.keys(row);
  if (names.length === 0) return sql`insert into ${target} default values`.execute(tx);
  const columns = sql.join(names.map((name) => sql.id(name)));
  return sql`insert into ${target} (${columns}) values (${sql.join(Object.values(row))})`.execute(tx);
}

/** What came of it; the code when the database refused. Leaves nothing behind. */
async function attempt<T>(tx: Tx, work: () => Promise<T>): Promise<T | string> {
  await sql`savepoint attempt`.execute(tx);
  try {
    return await work();
  } catch (error) {
    return sqlStateOf(error) ?? String(error);
  } finally {
    await sql`rollback to savepoint attempt`.execute(tx);
  }
}

function withoutTenant({ kysely }: Postgres, trial: Trial): Promise<string[]> {
  return kysely.transaction().execute(async (tx) => {
    await sql`select set_config('role', 'plumbline_app', true)`.execute(tx);
    return tryRows(tx, trial, [], [{}]);
  });
}
