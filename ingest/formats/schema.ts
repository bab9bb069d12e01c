import type * as z from 'zod';
import type { ErrorPlace } from '#platform/errors';
import type { Parsed } from '../source.ts';
import { pathText } from './places.ts';

const maxPlaces = 20;

/** Checks a well-formed value against a schema; every place that does not fit comes back with its JSON path. */
export function checkSchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
): Parsed<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const places = issuePlaces(result.error.issues);
  const first = places[0];
  return {
    ok: false,
    stage: 'schema',
    detail: `not ${what}: ${first?.path || '(root)'}: ${first?.message ?? 'does not fit'}`,
    places,
  };
}

export function issuePlaces(issues: readonly z.core.$ZodIssue[], prefix = ''): ErrorPlace[] {
  return issues
    .slice(0, maxPlaces)
    .map((issue) => ({ path: prefix + pathText(issue.path), message: issue.message }));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A vendor's word as it is compared: lower case, blanks and hyphens as underscores. */
export function wordOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return word === '' ? null : word;
}

/** The letters and digits of a word alone, for vendors that write one word in several ways (`At Lab`, `ATLAB`). */
export function lettersOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase().replace(/[^a-z0-9]/g, '') : '';
}

/** An entry of a table by a sender's word. Plain indexing would find `constructor` in every table. */
export function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
