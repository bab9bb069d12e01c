import { describe, expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { engineSignals } from '../pack.ts';
import { builtInPacks, compilePacks } from './index.ts';

describe.each(modules)('built-in pack %s', (module) => {
  const { rules, signals } = builtInPacks[module];

  test('compiles, and each rule belongs to it', () => {
    expect(compilePacks()[module].rules).toHaveLength(rules.length);
    for (const rule of rules) expect([rule.id, rule.module]).toEqual([rule.id, module]);
  });

  test('names each version of a rule once', () => {
    const names = rules.map((rule) => `${rule.id}@${rule.version}`);
    expect(names).toEqual([...new Set(names)]);
  });

  test('law is cited in full; no law, no citation', () => {
    for (const rule of rules) {
      for (const citation of rule.citations)
        expect(citation).toMatch(/^(49 CFR|29 CFR|15 USC) \d+[a-z]?[.(]?/);
      if (rule.basis === 'law') expect([rule.id, rule.citations.length]).not.toEqual([rule.id, 0]);
      if (rule.textAsOf !== null) expect([rule.id, rule.citations.length]).not.toEqual([rule.id, 0]);
    }
  });

  test('every placeholder of a message is a signal or a parameter', () => {
    for (const rule of rules) {
      const words = [rule.says, rule.message, ...rule.tasks.map((task) => task.title)].join(' ');
      const names = [...words.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!);
      const unknown = names.filter(
        (name) =>
          name !== 'due' && !(name in signals) && !(name in engineSignals) && !(name in rule.parameters),
      );
      expect([rule.id, unknown]).toEqual([rule.id, []]);
    }
  });

  test('a law parameter has a strict side or is fixed; its value keeps to it', () => {
    for (const rule of rules) {
      for (const { value, min, max } of Object.values(rule.parameters)) {
        if (typeof value !== 'number') continue;
        expect(value).toBeGreaterThanOrEqual(min ?? -Infinity);
        expect(value).toBeLessThanOrEqual(max ?? Infinity);
      }
    }
  });
});
