import { parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { ParseFailure } from '../source.ts';
import { pathText } from './places.ts';
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
  // In text that is well-formed itself, such characters can only stand as escapes.
  const problem = shapeProblem(value, 1, decoded.text.includes('\\u'));
  return problem
    ? syntaxFailure(pathText(problem.keys).slice(0, 120) || '(root)', problem.message)
    : { ok: true, value };
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

interface Problem {
  /** Keys from the outside in; built on the way out, so that a good body pays nothing for it. */
  readonly keys: (string | number)[];
  readonly message: string;
}

/** Recursion stops at `maxDepth`, so the stack cannot overflow however deep the value is. */
function shapeProblem(value: unknown, depth: number, escaped: boolean): Problem | null {
  if (typeof value === 'string') {
    return escaped && !storable(value) ? { keys: [], message: unstorable } : null;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { keys: [], message: 'the number is too large' };
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth > maxDepth) return { keys: [], message: `nested deeper than ${maxDepth} levels` };
  return Array.isArray(value) ? listProblem(value, depth, escaped) : objectProblem(value, depth, escaped);
}

function listProblem(list: readonly unknown[], depth: number, escaped: boolean): Problem | null {
  for (let index = 0; index < list.length; index += 1) {
    const problem = shapeProblem(list[index], depth + 1, escaped);
    if (problem) return { ...problem, keys: [index, ...problem.keys] };
  }
  return null;
}

function objectProblem(object: object, depth: number, escaped: boolean): Problem | null {
  for (const key of Object.keys(object)) {
    if (key === '__proto__') return { keys: [key], message: 'a key called __proto__ is refused' };
    if (escaped && !storable(key)) return { keys: [], message: `in a key: ${unstorable}` };
    const problem = shapeProblem((object as Record<string, unknown>)[key], depth + 1, escaped);
    if (problem) return { ...problem, keys: [key, ...problem.keys] };
  }
  return null;
}

const unstorable = 'NUL characters and halves of surrogate pairs are refused';

/** The database keeps neither in text, so such a body could never be filed. */
function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
