import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJobs } from '#platform/jobs';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../support/database.ts';
import { judgeCatalogue, readTables, type TableFact } from '../catalogue.ts';
import { classes } from '../classes.ts';
import { plantRows } from '../planted-rows.ts';
import { tryTable } from '../row-trials.ts';
import { rowAskers } from '../sessions.ts';
import { survivors, type Mutant } from './outcome.ts';
import { policyMutants } from './policy-mutants.ts';

let postgres: Postgres;
let tables: TableFact[];
const askers = rowAskers();

beforeAll(async () => {
  postgres = await openTestDatabase();
  const jobs = await createJobs({ postgres, log: createSilentLog(), runs: false });
  await jobs.close();
  tables = (await readTables(postgres)).filter(({ name }) => !(name in classes.open));
  for (const table of tables.filter(hasRows)) await plantRows(postgres, table);
}, 120_000);
afterAll(() => postgres.close());

const hasRows = ({ name }: TableFact): boolean => !name.includes('.');

/** What the tables tell first, and where their rows do not (the engine's own superuser passes every wall), the catalogue. */
async function firstNoticed(table: TableFact): Promise<string | null> {
  const rows = hasRows(table)
    ? await tryTable(postgres, table, classes, askers, { cells: 0, crossed: 0 })
    : [];
  if (rows[0] !== undefined) return rows[0];
  const found = (await readTables(postgres)).filter(({ name }) => name === table.name);
  // Rows were planted with all rights granted: that much is known.
  const judged = judgeCatalogue(found, {
    ...classes,
    company: { [table.name]: '' },
    closed: { [table.name]: '' },
    open: {},
    user: classes.user.filter((name) => name === table.name),
  });
  return judged.find((words) => !words.includes('granted to tenants')) ?? null;
}

test('every policy of every table is missed when it goes', async ({ task }) => {
  const mutants: Mutant[] = [];
  for (const table of tables) {
    expect(await firstNoticed(table)).toBeNull();
    for (const { what, apply, revert } of policyMutants(table)) {
      await postgres.pool.query(apply);
      const noticed = await firstNoticed(table);
      await postgres.pool.query(revert);
      mutants.push({ name: `${table.name} · ${what}`, noticed });
    }
  }
  Object.assign(task.meta, { mutants: { wall: 'policies of Postgres', mutants } });
  expect(survivors(mutants)).toEqual([]);
}, 600_000);
