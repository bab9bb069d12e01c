import * as z from 'zod';
import { PlumblineError } from '#platform/errors';
import type { Section } from '../corpus/section.ts';

const record = z.object({
  citation: z.string().min(1),
  title: z.string(),
  text: z.string(),
  /** A day, a month, or a day with words after it. */
  as_of: z.string().regex(/^\d{4}-\d{2}/),
  group: z.string(),
  status: z.enum(['text', 'reserved', 'summary']).default('text'),
  notices: z.array(z.string()).default([]),
  path: z.array(z.string()).default([]),
});

/** Lines `{citation, title, text, as_of, group}`. Throws `corpus.line_unreadable` with the line's number. */
export function readSectionsJsonl(text: string): Section[] {
  return text
    .split('\n')
    .map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      const parsed = record.safeParse(parseJson(line));
      if (!parsed.success) throw unreadable(number, z.prettifyError(parsed.error));
      const { as_of, ...rest } = parsed.data;
      return { ...rest, asOf: dayOf(as_of) };
    });
}

/** `2026-02` → `2026-02-01`: so on some day of that month, at the earliest on its first. */
const dayOf = (text: string): string => /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? `${text.slice(0, 7)}-01`;

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(line: number, message: string): PlumblineError {
  return new PlumblineError({
    kind: 'malformed',
    code: 'corpus.line_unreadable',
    detail: `Line ${line} is no section: ${message}`,
    places: [{ path: `line ${line}`, message }],
  });
}
