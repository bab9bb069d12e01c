import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';
import { describe, expect, test, vi } from 'vitest';
import { examined } from './examined.ts';

// Each expression is analysed as an automaton; some hundreds of them.
vi.setConfig({ testTimeout: 300_000 });

const root = path.resolve(import.meta.dirname, '../..');
const folders = '{platform,domain,ingest,warehouse,rag,src,cli,demo,migrations}';

/** Expressions of the program by their text, with the file that holds them. */
function listExpressions(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const files = globSync(`${folders}/**/*.{ts,svelte}`, { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const script = file.endsWith('.svelte')
      ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n')
      : text;
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node) && !found.has(node.text)) found.set(node.text, file);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true));
  }
  return found;
}

const parts = (literal: string) => {
  const end = literal.lastIndexOf('/');
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
};

/** `safe`: linear for every text. Anything else must be looked at. */
function judge(literal: string): string {
  const { source, flags } = parts(literal);
  const found = checkSync(source, flags, { timeout: 3000, checker: 'automaton' });
  return found.status === 'vulnerable' ? found.complexity.summary : found.status;
}

/** Texts that make engines go back: runs of what the expression speaks of, with an end that does not fit. */
function attacksOn(source: string, length: number): string[] {
  const words = source.match(/[A-Za-z]{3,}/g) ?? [];
  const signs = source
    .replaceAll(/\\[a-zA-Z]/g, ' ')
    .split('')
    .filter((sign) => !'\\^$'.includes(sign));
  const known = [
    ' ',
    '\n',
    'a',
    'A',
    '0',
    '1',
    'a.',
    'a ',
    'a-',
    '1 ',
    '<a',
    '<a ',
    '"a',
    'a@',
    '(a)',
    '<!--',
    '="',
    '\\',
  ];
  const pumps = new Set([...known, ...signs, ...words, ...words.map((word) => `<${word} `)]);
  return [...pumps].map((pump) => `${pump.repeat(Math.ceil(length / pump.length)).slice(0, length)}\u0001!`);
}

const expressions = listExpressions();
const entryOf = (literal: string) => examined.find(({ starts }) => literal.startsWith(starts));

describe('every regular expression of the program', () => {
  test('is linear, or its text is bounded and it was looked at', () => {
    expect(expressions.size).toBeGreaterThan(150);
    const wrong = [...expressions]
      .filter(([literal]) => entryOf(literal) === undefined)
      .map(([literal, file]) => [judge(literal), literal, file] as const)
      .filter(([verdict]) => verdict !== 'safe');
    expect(wrong).toEqual([]);
  });

  test('the analysis finds what it is for', () => {
    expect(judge(String.raw`/^(a+)+$/`)).toBe('exponential');
    expect(judge(String.raw`/(?:x|xx)+y/`)).toBe('exponential');
    expect(judge(String.raw`/\s+$/`)).toMatch(/polynomial/);
    expect(judge(String.raw`/^[a-z]+$/`)).toBe('safe');
  });

  test.each(examined)('$starts answers at once at its longest: $because', ({ starts, most }) => {
    const literals = [...expressions.keys()].filter((literal) => literal.startsWith(starts));
    // An entry whose expression is gone goes too.
    expect(literals.length).toBeGreaterThan(0);
    for (const literal of literals) {
      const { source, flags } = parts(literal);
      for (const attack of attacksOn(source, most)) {
        const startedMs = performance.now();
        attack.replace(new RegExp(source, flags), '');
        expect(performance.now() - startedMs, JSON.stringify(attack.slice(0, 20))).toBeLessThan(500);
      }
    }
  });

  test('none is made of what a person or a vendor wrote', () => {
    const made = [...globSync(`${folders}/**/*.{ts,svelte}`, { cwd: root })]
      .filter((file) => !file.endsWith('.test.ts'))
      .filter((file) => /\bnew RegExp\(|\bRegExp\(/.test(readFileSync(path.join(root, file), 'utf8')));
    // Each of these makes expressions of our own words, or of a word with every sign taken as itself.
    expect(made.map((file) => file.replaceAll('\\', '/')).toSorted()).toEqual([
      'domain/privacy/identifiers.ts',
      'platform/config/keys.ts',
      'platform/config/values.ts',
      'src/lib/contracts/ids.ts',
      'src/lib/server/inline-styles.ts',
      'src/lib/server/scim/http.ts',
      'warehouse/guard/door/attempts.ts',
      'warehouse/guard/query-tree.ts',
      'warehouse/rebuild/shadow.ts',
    ]);
  });
});
