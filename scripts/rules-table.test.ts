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

test('a rule that cites law shows a sentence of it, and claims the law’s own words only for a text it was checked against', () => {
  const citing = rules.filter((rule) => rule.citations.length > 0);
  expect(citing.filter((rule) => rule.quotes.length === 0).map((rule) => rule.id)).toEqual([]);
  for (const { id, quotes, citations, textAsOf } of rules) {
    for (const { citation, kind, words } of quotes) {
      expect(citations, id).toContain(citation);
      expect(words.length, `${id}: ${words}`).toBeGreaterThan(20);
      expect(words.length, `${id}: ${words}`).toBeLessThan(700);
      if (textAsOf === null) expect(kind, id).toBe('summary');
    }
  }
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
