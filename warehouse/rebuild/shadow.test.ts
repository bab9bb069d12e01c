import { expect, test } from 'vitest';
import { renamed } from './shadow.ts';

test.each([
  ['SELECT sum(people) AS people FROM status_days', 'SELECT sum(people) AS people FROM status_days_shadow'],
  ['FROM people FINAL JOIN flag_changes', 'FROM people_shadow FINAL JOIN flag_changes_shadow'],
  [
    'CREATE TABLE IF NOT EXISTS people (people Int64)',
    'CREATE TABLE IF NOT EXISTS people_shadow (people Int64)',
  ],
  ['INSERT INTO status_days\nSELECT', 'INSERT INTO status_days_shadow\nSELECT'],
  ['FROM people_by_day', 'FROM people_by_day'],
])('%s', (sql, expected) => expect(renamed(sql)).toBe(expected));
