import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInPacks } from '#domain/flags';
import { rulesPage } from './rules-table.ts';

test('docs/rules.md is what the rule data says', async () => {
  const page = readFileSync(new URL('../docs/rules.md', import.meta.url), 'utf8');
  expect(page, 'out of date: run node scripts/rules-table.ts').toBe(await rulesPage());
});

const rules = Object.values(builtInPacks).flatMap((pack) => pack.rules);

test('a rule of law cites its law, a rule of policy claims no text', () => {
  expect(rules.filter((rule) => rule.basis === 'law' && rule.citations.length === 0)).toEqual([]);
  expect(
    rules.filter((rule) => rule.basis === 'policy' && rule.citations.length === 0 && rule.textAsOf !== null),
  ).toEqual([]);
});

test('ids are unique within a version, and messages name only signals and parameters', () => {
  const ids = rules.map((rule) => `${rule.id}@${rule.version}`);
  expect(new Set(ids).size).toBe(ids.length);
  for (const pack of Object.values(builtInPacks)) {
    for (const rule of pack.rules) {
      const words = [...`${rule.says} ${rule.message}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      const known = new Set(['due', ...Object.keys(pack.signals), ...Object.keys(rule.parameters)]);
      expect(
        words.filter((word) => !known.has(word)),
        rule.id,
      ).toEqual([]);
    }
  }
});
