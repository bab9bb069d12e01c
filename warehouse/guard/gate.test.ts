import { describe, expect, test } from 'vitest';
import { describeCatalogue } from '../catalogue/views/describe.ts';
import { viewNames, views } from '../catalogue/views/views.ts';
import { requirePlainText, requirePlainTokens } from './canonical.ts';
import { checkTree } from './check-tree.ts';
import { isAllowedFunction, isPlainType } from './functions.ts';
import { readQueryTree } from './query-tree.ts';
import { placeOfName, readPlace } from './syntax-place.ts';
import { guardAccess, rolesOf } from './wall.ts';

const refusal = expect.objectContaining({ code: 'warehouse.sql_refused' });

describe('the catalogue for a prompt', () => {
  test('names every view and column in at most 6 KB', () => {
    const text = describeCatalogue();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6 * 1024);
    for (const name of viewNames) {
      expect(text).toContain(`${name}: `);
      for (const column of Object.keys(views[name].columns)) expect(text).toContain(`  ${column} `);
    }
  });

  test('joins lead to columns that both views have', () => {
    for (const name of viewNames) {
      for (const { view, on } of views[name].joins) {
        for (const column of on) {
          expect(Object.keys(views[name].columns)).toContain(column);
          expect(Object.keys(views[view].columns)).toContain(column);
        }
      }
    }
  });
});

describe('text', () => {
  test.each(['SELECT 1', "SELECT 'it\\'s', `a b`, \"ü-1\"", '(SELECT 1)', 'WITH 1 AS x SELECT x'])(
    '%s may pass',
    (sql) => {
      expect(() => requirePlainTokens(sql)).not.toThrow();
    },
  );

  test.each([
    ['SELECT 1; SELECT 2', 'second statement'],
    ['SELECT {a:String}', 'parameter'],
    ['SELECT 1 AS `a, identifier: people`', 'comma in a name'],
    ['SELECT 1 AS `a\\`b`', 'escape in a name'],
    ["SELECT 'a\\nb'", 'line break in a text'],
    ["SELECT 'a", 'open text'],
    ['SHOW TABLES', 'no SELECT'],
    ['SELECTED', 'no SELECT'],
  ])('%s is refused: %s', (sql) => {
    expect(() => requirePlainTokens(sql)).toThrow(refusal);
  });

  test.each(['', ' \n', 'SELECT \u0000', `SELECT ${'1'.repeat(30_000)}`])('is not even sent', (sql) => {
    expect(() => requirePlainText(sql)).toThrow(refusal);
  });
});

const tree = (...inner: string[]) => ['QUERY id: 0', '  PROJECTION', '    LIST id: 1, nodes: 1', ...inner];

const check = (...lines: string[]) => checkTree(readQueryTree(tree(...lines)), new Set(['file', 'count']));

describe('the description of a query', () => {
  test.each([
    ['a line of no known kind', '      SUBQUERY_OF_TOMORROW id: 2'],
    ['settings', '  SETTINGS max_threads=1'],
    ['an attribute twice', '      IDENTIFIER id: 2, identifier: people, identifier: plumbline.people'],
    ['an attribute of other characters', '      IDENTIFIER id: 2, identifier: a`b'],
    ['a second root', 'QUERY id: 9'],
  ])('%s refuses', (_what, line) => {
    expect(() => readQueryTree(tree(line))).toThrow(refusal);
  });

  test('tables are views or CTEs, whatever stands around them', () => {
    expect(
      check(
        '      CONSTANT id: 2, constant_value: 1',
        '  JOIN TREE',
        '    IDENTIFIER id: 3, identifier: people',
      ).views,
    ).toEqual(['people']);
    expect(() => check('  JOIN TREE', '    IDENTIFIER id: 3, identifier: plumbline.people')).toThrow(refusal);
    expect(() => check('  JOIN TREE', '    IDENTIFIER id: 3, identifier: people, final: 1')).toThrow(refusal);
    expect(() => check('  JOIN TREE', '    TABLE_FUNCTION id: 3, table_function_name: numbers')).toThrow(
      refusal,
    );
  });

  test('a function named where a value stands is refused, a column is not', () => {
    expect(() => check('      IDENTIFIER id: 2, identifier: file')).toThrow(refusal);
    expect(() => check('      IDENTIFIER id: 2, identifier: count')).not.toThrow();
    expect(() => check('      IDENTIFIER id: 2, identifier: name')).not.toThrow();
  });
});

describe('functions', () => {
  test.each(['count', 'sumIf', 'uniqExactIf', 'COUNT', 'toStartOfMonth', 'groupArrayDistinct', 'date_trunc'])(
    '%s',
    (name) => {
      expect(isAllowedFunction(name)).toBe(true);
    },
  );
  test.each([
    'file',
    'FILE',
    'sumState',
    'sumMerge',
    'sumResample',
    'upperIf',
    'OrNull',
    'dictGet',
    'getSetting',
    'sleep',
    '',
  ])('not %s', (name) => {
    expect(isAllowedFunction(name)).toBe(false);
  });
  test.each(['Int32', 'Nullable(DateTime64(3))', "Enum8('a' = 1)", 'Array(Tuple(String, Int8))'])(
    'type %s',
    (type) => {
      expect(isPlainType(type)).toBe(true);
    },
  );
  test.each(['AggregateFunction(sum, Int8)', 'aggregatefunction (sum)', 'Dynamic', 'JSON', 'a;b', ''])(
    'no type %s',
    (type) => {
      expect(isPlainType(type)).toBe(false);
    },
  );
});

describe('the second wall', () => {
  test('roles spell a tenant, each another', () => {
    const [one, two] = [1, 2].map((number) => rolesOf(`ten_${String(number).padStart(26, '0')}`));
    expect(one).toEqual(['plumbline_ask', 'plumbline_t25_0']);
    expect(two).toEqual(['plumbline_ask', 'plumbline_t25_1']);
    expect(() => rolesOf('ten_x')).toThrow(RangeError);
    expect(() => rolesOf(`ten_${'u'.repeat(26)}`)).toThrow(RangeError);
  });

  test('every role that a tenant can need is known to the engine', () => {
    const known = Object.keys(guardAccess('plumbline').roles);
    for (const role of rolesOf(`ten_${'z'.repeat(26)}`)) expect(known).toContain(role);
  });
});

test('places are read as numbers, and names only where the asker wrote them', () => {
  expect(readPlace('Syntax error: failed at position 12 (line 2, col 3): secret')).toMatchObject({
    path: 'line 2, column 3',
  });
  expect(readPlace('something else')).toBeNull();
  expect(placeOfName('SELECT a,\n  bb FROM c', 'bb')).toMatchObject({ path: 'line 2, column 3' });
  expect(placeOfName('SELECT abb', 'bb')).toBeNull();
});
