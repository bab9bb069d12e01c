import { parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { ParseFailure } from '../source.ts';
import { decodeText, lineAndColumn } from './text.ts';

export type JsonRead = { readonly ok: true; readonly value: unknown } | ParseFailure;

/** Vendors' messages are a handful of levels deep; more is an attack or a mistake. */
const maxDepth = 40;

/** Reads a body as JSON. Errors carry line and column, or the JSON path for shapes that are refused. */
export function readJson(rawBody: Buffer): JsonRead {
  const decoded = decodeText(rawBody);
  if (!decoded.ok) return syntaxFailure(decoded.path, decoded.message);
  if (decoded.text.trim() === '') return syntaxFailure('line 1, column 1', 'the body is empty');
  let value: unknown;
  try {
    value = JSON.parse(decoded.text);
  } catch {
    return jsonFailure(decoded.text);
  }
  const problem = shapeProblem(value, '', 1);
  return problem ? syntaxFailure(problem.path, problem.message) : { ok: true, value };
}

/** A failure of syntax at one place. */
export function syntaxFailure(path: string, message: string): ParseFailure {
  return { ok: false, stage: 'syntax', detail: `${message} (${path})`, places: [{ path, message }] };
}

/** A failure of schema at one place. */
export function schemaFailure(path: string, message: string): ParseFailure {
  return {
    ok: false,
    stage: 'schema',
    detail: path ? `${path}: ${message}` : message,
    places: [{ path, message }],
  };
}

function jsonFailure(text: string): ParseFailure {
  const errors: ParseError[] = [];
  const depth = bracketDepth(text);
  if (depth > maxDepth)
    return syntaxFailure('line 1, column 1', `not JSON, and nested deeper than ${maxDepth} levels`);
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const first = errors[0];
  const place = lineAndColumn(text, first?.offset ?? 0);
  return syntaxFailure(
    place,
    `not JSON: ${first ? words(printParseErrorCode(first.error)) : 'unexpected input'}${lookalike(text)}`,
  );
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function lookalike(text: string): string {
  const start = text.trimStart().slice(0, 200);
  if (start.startsWith('<')) return '; the body looks like XML or HTML';
  if (/^[\w.%+-]+=[^\s]*(&|$)/.test(start)) return '; the body looks form-encoded';
  return '';
}

/** The tree parser recurses, so text that failed is measured before it is handed over. */
function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const char of text) {
    if (char === '{' || char === '[') deepest = Math.max(deepest, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

/** Recursion stops at `maxDepth`, so the stack cannot overflow however deep the value is. */
function shapeProblem(value: unknown, path: string, depth: number): { path: string; message: string } | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { path: path || '(root)', message: 'the number is too large' };
  }
  if (typeof value === 'string' && !storable(value)) return { path: path || '(root)', message: unstorable };
  if (typeof value !== 'object' || value === null) return null;
  if (depth > maxDepth) return { path: path.slice(0, 120), message: `nested deeper than ${maxDepth} levels` };
  for (const key of Object.keys(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    if (!storable(key)) return { path: path || '(root)', message: `in a key: ${unstorable}` };
    if (key === '__proto__') return { path: inner, message: 'a key called __proto__ is refused' };
    const problem = shapeProblem((value as Record<string, unknown>)[key], inner, depth + 1);
    if (problem) return problem;
  }
  return null;
}

const unstorable = 'NUL characters and halves of surrogate pairs are refused';

/** The database keeps neither in text, so such a body could never be filed. */
function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
