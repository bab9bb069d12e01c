import type { ErrorPlace } from '#platform/errors';

/** Asks the engine where it stopped reading. Null when it does not say. */
export async function placeOfSyntaxError(
  ask: (query: string) => Promise<unknown>,
): Promise<ErrorPlace | null> {
  try {
    await ask('SELECT formatQuerySingleLine({sql:String})');
    return null;
  } catch (error) {
    return readPlace(error instanceof Error ? error.message : '');
  }
}

/** Only the numbers are taken: the words around them are the engine's. */
export function readPlace(message: string): ErrorPlace | null {
  const [, line, column] = /\(line (\d+), col (\d+)\)/.exec(message) ?? [];
  if (line !== undefined && column !== undefined) return placeAt(Number(line), Number(column));
  const [, position] = /failed at position (\d+)/.exec(message) ?? [];
  return position === undefined ? null : placeAt(1, Number(position));
}

const placeAt = (line: number, column: number): ErrorPlace => ({
  path: `line ${line}, column ${column}`,
  message: 'The engine could not read on from here.',
});

/** Where a name first stands in the asker's text; null when it does not. */
export function placeOfName(sql: string, name: string): ErrorPlace | null {
  const last = name.split('.').at(-1) ?? name;
  const word = [...sql.matchAll(/[\p{L}\p{N}_]+/gu)].find(([found]) => found === last);
  if (word === undefined) return null;
  const before = sql.slice(0, word.index).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { path: `line ${before.length}, column ${column}`, message: `${last} is not known here.` };
}
