import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventCatalogue } from '#contracts/events/catalogue';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { eventFields } from './event-fields.ts';
import { fieldClasses, table } from './field.ts';
import { tables } from './fields.ts';

let postgres: Postgres;
let columns: { table: string; column: string }[];

beforeAll(async () => {
  postgres = await openTestDatabase();
  const { rows } = await postgres.pool.query<{ table: string; column: string }>(`
    select c.table_name as table, c.column_name as column
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'`);
  columns = rows;
});
afterAll(() => postgres.close());

/** Columns that the list does not class, and those that it names and the database does not have. */
function differences(listed: typeof tables, stored: typeof columns) {
  const inList = Object.entries(listed).flatMap(([name, { fields }]) =>
    Object.keys(fields).map((field) => `${name}.${field}`),
  );
  const inDatabase = stored.map(({ table: name, column }) => `${name}.${column}`);
  return {
    unclassed: inDatabase.filter((one) => !inList.includes(one)),
    gone: inList.filter((one) => !inDatabase.includes(one)),
  };
}

test('every column of every table has its class', () => {
  expect(differences(tables, columns)).toEqual({ unclassed: [], gone: [] });
});

test('a column that nobody classed is found', () => {
  const added = [...columns, { table: 'employees', column: 'shoe_size' }];
  expect(differences(tables, added).unclassed).toContain('employees.shoe_size');
  const { alerts: _left, ...fewer } = tables;
  expect(differences(fewer, columns).unclassed).toContain('alerts.title');
});

test('a table that names a person says what erasure does with its rows', () => {
  const ofPeople = columns.filter(({ column }) => column === 'employee_id').map((one) => one.table);
  expect(ofPeople.length).toBeGreaterThan(8);
  for (const name of ofPeople) {
    expect(tables[name]?.person, name).toBe('employee_id');
    expect(tables[name]?.onErasure, name).toBeDefined();
  }
});

test('what is sealed is a column of its table, as is what names its row', () => {
  for (const [name, { sealed = {}, fields }] of Object.entries(tables)) {
    for (const [column, row] of Object.entries(sealed)) {
      expect(Object.keys(fields), name).toEqual(expect.arrayContaining([column, ...row.split(' ')]));
    }
  }
});

test('fields of payloads that are classed apart exist', () => {
  for (const [module, { but }] of Object.entries(eventFields)) {
    const schemas = Object.values(eventCatalogue[module as keyof typeof eventCatalogue]);
    const known = new Set(
      schemas.flatMap((schema) => ('shape' in schema ? Object.keys(schema.shape as object) : [])),
    );
    expect(
      Object.keys(but).filter((field) => !known.has(field)),
      module,
    ).toEqual([]);
  }
});

test('names of one class are not lost in another', () => {
  expect(table({ internal: 'a b', pii: 'c' }).fields).toEqual({ a: 'internal', b: 'internal', c: 'pii' });
  for (const { fields } of Object.values(tables)) {
    for (const one of Object.values(fields)) expect(fieldClasses).toContain(one);
  }
});
