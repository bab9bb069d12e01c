import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { openTestClickHouse } from '../support/clickhouse.ts';
import { metricQueries } from '../../warehouse/metrics/all-queries.ts';
import { askInScope } from '../../warehouse/metrics/query.ts';
import {
  answer,
  crossedBy,
  filtersOf,
  looks,
  plantWarehouse,
  tenants,
  withoutPredicates,
} from './warehouse-trials.ts';

let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await plantWarehouse(clickhouse);
}, 120_000);
afterAll(() => clickhouse.close());

describe('every question to the warehouse, in every kind of scope, of both companies', () => {
  test('has two walls, each of which holds alone', async ({ task }) => {
    const asked = looks();
    const predicateAlone = await crossedBy(clickhouse, asked, () => ({}));
    const filtersAlone = await crossedBy(clickhouse, asked, (look) => ({
      sql: withoutPredicates(look.query.sql),
      filters: filtersOf(clickhouse, look),
    }));
    expect({ predicateAlone, filtersAlone }).toEqual({ predicateAlone: [], filtersAlone: [] });
    // Without either, other rows count in every question: else the comparison would prove nothing.
    const neither = await crossedBy(clickhouse, asked, (look) => ({
      sql: withoutPredicates(look.query.sql),
    }));
    const noticed = new Set(neither.map((words) => words.split(' · ')[0] ?? ''));
    expect([...noticed].toSorted()).toEqual(metricQueries.map(({ name }) => name).toSorted());
    Object.assign(task.meta, {
      isolation: { warehouseQueries: metricQueries.length, cells: asked.length * 2, crossed: 0 },
    });
  }, 120_000);

  test('is asked behind both', async () => {
    const look = looks().find(({ scope }) => scope.tenant === tenants[0]);
    if (look === undefined) throw new Error('nothing to ask');
    const forgetful = { ...look.query, sql: withoutPredicates(look.query.sql) };
    const { scope, params } = look;
    expect(await askInScope(clickhouse, forgetful, { ...params, ...scope })).toEqual(
      await answer(clickhouse, look, {}),
    );
  });
});

test('every table of the warehouse is known', async () => {
  const result = await clickhouse.client.query({
    query:
      'SELECT name FROM system.tables WHERE database = {database:String} AND name NOT LIKE {inner:String} ORDER BY name',
    query_params: { database: clickhouse.database, inner: '.inner%' },
    format: 'JSONEachRow',
  });
  const names = (await result.json<{ name: string }>()).map(({ name }) => name);
  const [look] = looks();
  if (look === undefined) throw new Error('nothing to ask');
  const filtered = Object.keys(filtersOf(clickhouse, look));
  const known = filtered.map((name) => name.replace(`${clickhouse.database}.`, ''));
  expect(names.filter((name) => name !== 'schema_migrations')).toEqual(known.toSorted());
});
