import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJobs } from '#platform/jobs';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../support/database.ts';
import { judgeCatalogue, judgeRoles, readTables, type TableFact } from './catalogue.ts';
import { classes } from './classes.ts';
import { plantRows } from './planted-rows.ts';
import { tryTable } from './row-trials.ts';
import { rowAskers } from './sessions.ts';

let postgres: Postgres;
let tables: TableFact[];
const tally = { cells: 0, crossed: 0 };

beforeAll(async () => {
  postgres = await openTestDatabase();
  // The job engine makes tables of its own.
  const jobs = await createJobs({ postgres, log: createSilentLog(), runs: false });
  await jobs.close();
  tables = await readTables(postgres);
});
afterAll(() => postgres.close());

describe('the catalogue of the database', () => {
  test('has row security, policies and a class for every table', () => {
    expect(judgeCatalogue(tables, classes)).toEqual([]);
  });

  test('has no role, function or view that leads around them', async () => {
    expect(await judgeRoles(postgres)).toEqual([]);
  });

  test('would show a table that was left open', async () => {
    await postgres.pool.query(
      'create table left_open (tenant_id text not null); grant select on left_open to public',
    );
    try {
      const found = judgeCatalogue(await readTables(postgres), classes);
      expect(found.filter((words) => words.startsWith('left_open'))).toEqual([
        'left_open: row security is not forced',
        'left_open: policies none instead of system_rows,tenant_rows',
        'left_open: granted to public',
        expect.stringContaining('left_open: tells of no person by its columns'),
      ]);
    } finally {
      await postgres.pool.query('drop table left_open');
    }
  });
});

describe('every table as every role', () => {
  test('shows, changes, gives away and takes what is the asker’s, and nothing else', async ({ task }) => {
    const askers = rowAskers();
    const own = tables.filter(({ name }) => !name.includes('.') && !(name in classes.open));
    for (const table of own) await plantRows(postgres, table);
    const found: string[] = [];
    for (const table of own) found.push(...(await tryTable(postgres, table, classes, askers, tally)));
    expect(found.slice(0, 30)).toEqual([]);
    Object.assign(task.meta, { isolation: { tables: own.length, ...tally } });
  }, 180_000);
});
