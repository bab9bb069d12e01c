import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'THREATS.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| [STRIDE] +\|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the table of threats', () => {
  it('has threats of every kind', () => {
    expect(new Set(rows.map(([, kind]) => kind))).toEqual(new Set(['S', 'T', 'R', 'I', 'D', 'E']));
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows.map(([, kind, threat, defence, tests]) => ({ kind, threat, defence, tests })))(
    '$kind $threat: names what defends and a test that is there',
    ({ defence = '', tests = '' }) => {
      expect(defence.length).toBeGreaterThan(10);
      const files = [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        expect(existsSync(path.join(root, file)), file).toBe(true);
        expect(readFileSync(path.join(root, file), 'utf8'), file).toMatch(
          /\b(?:test|it)(?:\.each\([^]*?\))?\(/,
        );
      }
    },
  );
});
