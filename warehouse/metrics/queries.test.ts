import { describe, expect, test } from 'vitest';
import { metricQueries } from './all-queries.ts';
import { correctionSql, countQuery, dueQuery } from '../rollup-queries.ts';

const tables = ['people', 'flag_changes', 'flags_current', 'status_days', 'compliance_events'];

/** The text that follows each reading of a table, up to the next reading of anything. */
function readings(sql: string): string[] {
  return sql
    .split(/\b(?:FROM|(?<!ARRAY )JOIN)\s+/)
    .slice(1)
    .filter((text) => tables.some((table) => new RegExp(`^${table}\\b`).test(text)));
}

describe('named queries', () => {
  test('names are unique', () => {
    const names = metricQueries.map((query) => query.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(metricQueries.map((query) => [query.name, query.sql]))(
    '%s binds the tenant wherever it reads a table',
    (_name, sql) => {
      const found = readings(sql);
      expect(found.length).toBeGreaterThan(0);
      for (const text of found) expect(text).toMatch(/tenant_id = \{tenant:String\}/);
    },
  );

  test.each(metricQueries.map((query) => [query.name, query.sql]))(
    '%s reads people or places only in scope',
    (name, sql) => {
      // The own trend reads one person, by id; all others go through a place in scope.
      const inScope = name.endsWith('.own')
        ? /employee_id = \{employee:String\}/
        : /\{everyone:UInt8\} = 1 OR division_id IN \{divisions:Array\(String\)\} OR location_id IN/;
      expect(sql).toMatch(inScope);
    },
  );

  test.each(metricQueries.map((query) => [query.name, query.sql]))(
    '%s reads replaced rows only once',
    (_name, sql) => {
      for (const text of readings(sql)) {
        if (!text.startsWith('status_days')) expect(text).toMatch(/^\w+ FINAL\b/);
      }
    },
  );

  test('the text of every query is the reviewed one', async () => {
    const texts = [...metricQueries, dueQuery, countQuery]
      .map((query) => `-- ${query.name}\n${query.sql};\n`)
      .join('\n');
    await expect(`${texts}\n-- rollup.correction\n${correctionSql};\n`).toMatchFileSnapshot(
      'queries.golden.sql',
    );
  });
});
