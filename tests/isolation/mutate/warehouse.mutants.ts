import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { openTestClickHouse } from '../../support/clickhouse.ts';
import {
  crossedBy,
  filtersOf,
  leftOut,
  looks,
  plantWarehouse,
  withoutPredicates,
} from '../warehouse-trials.ts';
import { survivors, type Mutant } from './outcome.ts';

let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await plantWarehouse(clickhouse);
}, 120_000);
afterAll(() => clickhouse.close());

const asked = looks();
const queries = [...new Set(asked.map(({ query }) => query))];
const looksAt = (name: string) => asked.filter(({ query }) => query.name === name);

test('every predicate of every question is missed when it goes and the engine filters nothing', async ({
  task,
}) => {
  const mutants: Mutant[] = [];
  for (const query of queries) {
    for (const { what, sql } of leftOut(query.sql)) {
      const found = await crossedBy(clickhouse, looksAt(query.name), () => ({ sql }), 1);
      mutants.push({ name: `${query.name} · ${what} left out`, noticed: found[0] ?? null });
    }
  }
  Object.assign(task.meta, { mutants: { wall: 'predicates of ClickHouse', mutants } });
  expect(survivors(mutants)).toEqual([]);
}, 600_000);

/** The parts that a table's filter can have. */
const parts = [/^tenant_id = '[^']*'/, / AND employee_id = '[^']*'| AND 0$/, / AND \(division_id .*\)$/];
const words = ['company', 'person', 'place'];
/** A person is told by both, which are joined: one of the two filters is enough, and both go at once. */
const joined: readonly string[] = ['people', 'flags_current'];

test('every filter of the engine is missed when it goes and the statement says no scope', async ({
  task,
}) => {
  const mutants: Mutant[] = [];
  const tables = Object.keys(filtersOf(clickhouse, asked[0] as never));
  for (const table of tables) {
    const name = table.replace(`${clickhouse.database}.`, '');
    const reading = asked.filter(({ query }) => query.sql.includes(`FROM ${name}`));
    for (const [at, part] of parts.entries()) {
      const having = reading.filter((look) => part.test(filtersOf(clickhouse, look)[table] ?? ''));
      if (having.length === 0) continue;
      const found = await crossedBy(
        clickhouse,
        having,
        (look) => {
          const filters = filtersOf(clickhouse, look);
          const also = at === 1 && joined.includes(name) ? joined : [name];
          const gone = also.map((each) => `${clickhouse.database}.${each}`);
          const less = Object.fromEntries(
            Object.entries(filters).map(([each, filter]) => [
              each,
              gone.includes(each) ? filter.replace(part, at === 0 ? '1' : '') : filter,
            ]),
          );
          return { sql: withoutPredicates(look.query.sql), filters: less };
        },
        1,
      );
      mutants.push({ name: `${name} · filter by ${words[at]} gone`, noticed: found[0] ?? null });
    }
  }
  Object.assign(task.meta, { mutants: { wall: 'filters of ClickHouse', mutants } });
  expect(survivors(mutants)).toEqual([]);
}, 600_000);
