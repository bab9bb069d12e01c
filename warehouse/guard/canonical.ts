import { refused } from './refusal.ts';

/** Longest SQL that is read at all. */
export const longestSql = 20_000;

/**
 * Names in quotes may hold letters, digits, blanks and hyphens. The engine prints names raw into its description of a
 * query, so any other character could forge a part of that description.
 */
const plainQuoted = /^[\p{L}\p{N}_][\p{L}\p{N}_ %-]*$/u;

/** What a backslash may stand before in a text: never a control character, which the description prints raw. */
const plainEscapes = new Set(["'", '\\', 't']);

/** Refuses text before the engine sees it. Throws `warehouse.sql_refused`. */
export function requirePlainText(sql: string): void {
  if (sql.trim() === '') throw refused('There is no question. Write one SELECT over the views.');
  if (sql.length > longestSql) throw refused(`The SQL is longer than ${longestSql} characters. Shorten it.`);
  if (/[\p{Cc}--[\t\n\r]]/v.test(sql)) throw refused('The SQL holds a control character. Remove it.');
}

/**
 * Reads the tokens of the engine's own canonical text. Throws `warehouse.sql_refused` for whatever could close our
 * brackets, forge a name or bring a second statement.
 */
export function requirePlainTokens(canonical: string): void {
  if (!/^\(*(?:SELECT|WITH)\b/.test(canonical)) {
    throw refused('Only a SELECT can be asked. It may begin with WITH.');
  }
  for (let at = 0; at < canonical.length; at += 1) {
    const letter = canonical[at];
    if (letter === "'") at = endOfText(canonical, at);
    else if (letter === '`' || letter === '"') at = endOfName(canonical, at);
    else if (letter === ';') throw refused('Only one statement can be asked at a time.');
    else if (letter === '{')
      throw refused('Query parameters in braces cannot be used here. Write the value itself.');
    else if (letter === '\\' || letter === '$' || letter === '#')
      throw refused(`The character ${letter} has no place here.`);
  }
}

/** Index of the quote that ends the text. */
function endOfText(canonical: string, start: number): number {
  for (let at = start + 1; at < canonical.length; at += 1) {
    const letter = canonical[at];
    if (letter === "'") return at;
    if (letter !== '\\') continue;
    at += 1;
    if (!plainEscapes.has(canonical[at] ?? '')) {
      throw refused('A text holds a line break or a control character. Write it without.');
    }
  }
  throw refused('A text is not closed.');
}

function endOfName(canonical: string, start: number): number {
  const end = canonical.indexOf(canonical[start] ?? '', start + 1);
  const name = end === -1 ? '' : canonical.slice(start + 1, end);
  if (plainQuoted.test(name)) return end;
  throw refused('A name in quotes may hold letters, digits, blanks, % and hyphens only.');
}
