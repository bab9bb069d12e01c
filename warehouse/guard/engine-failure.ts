import { ClickHouseError } from '@clickhouse/client';
import { PlumblineError, type ErrorKind } from '#platform/errors';
import { placeOfName } from './syntax-place.ts';

interface Told {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: string;
}

const tooLong: Told = {
  kind: 'limited',
  code: 'warehouse.query_too_long',
  detail: 'The question took too long and was stopped. Ask for fewer days, fewer rows or fewer joins.',
};
const tooLarge: Told = {
  kind: 'limited',
  code: 'warehouse.query_too_large',
  detail: 'The question needs more memory or rows than one question may use. Narrow it, or add it up.',
};
const stopped: Told = {
  kind: 'limited',
  code: 'warehouse.query_stopped',
  detail: 'The question was stopped.',
};
const valueUnfit: Told = {
  kind: 'invalid',
  code: 'warehouse.query_value_unfit',
  detail:
    'A value cannot be read as the type that the question asks for. Use the form that gives NULL, e.g. toInt32OrNull.',
};
const notFitting: Told = {
  kind: 'invalid',
  code: 'warehouse.query_not_fitting',
  detail:
    'Types or arguments in the question do not fit together. Compare texts with texts and numbers with numbers.',
};
const nameUnknown: Told = {
  kind: 'invalid',
  code: 'warehouse.query_name_unknown',
  detail: 'The question names something that is not there.',
};
const failed: Told = {
  kind: 'unavailable',
  code: 'warehouse.query_failed',
  detail: 'The question could not be answered. Try it in a simpler form, or again later.',
};

/** What the engine's numbers mean to the asker. Its words are never shown: they may carry values of rows. */
const byCode: Readonly<Record<string, Told>> = {
  ...told(tooLong, [159, 160, 209]),
  ...told(tooLarge, [158, 167, 168, 173, 191, 241, 306, 307, 396, 723]),
  ...told(stopped, [394]),
  ...told(valueUnfit, [6, 26, 27, 32, 38, 41, 69, 70, 72, 131, 153, 321, 349, 407, 691]),
  ...told(
    notFitting,
    [8, 10, 35, 36, 42, 43, 44, 48, 50, 53, 80, 179, 184, 190, 207, 215, 258, 352, 386, 403, 431],
  ),
  ...told(nameUnknown, [16, 46, 47, 60, 63, 81]),
};

function told(what: Told, codes: readonly number[]): Record<string, Told> {
  return Object.fromEntries(codes.map((code) => [String(code), what]));
}

/**
 * The failure in words that may be shown. A name is repeated when it stands in the asker's own text.
 * @param sql as the asker wrote it
 */
export function readEngineFailure(
  error: unknown,
  sql: string,
  signal: AbortSignal | undefined,
): PlumblineError {
  if (error instanceof PlumblineError) return error;
  const internal = error instanceof Error ? error.message : String(error);
  if (signal?.aborted === true) return new PlumblineError({ ...stopped, internal, cause: error });
  if (!(error instanceof ClickHouseError)) return new PlumblineError({ ...failed, internal, cause: error });
  const found = byCode[error.code] ?? failed;
  const name = found === nameUnknown ? unknownNameIn(error.message, sql) : null;
  if (name === null) return new PlumblineError({ ...found, internal, cause: error });
  const place = placeOfName(sql, name);
  return new PlumblineError({
    ...found,
    detail: `${name} is not there. See the views and their columns.`,
    places: place === null ? [] : [place],
    internal,
    cause: error,
  });
}

export const isSyntaxError = (error: unknown): boolean =>
  error instanceof ClickHouseError && error.code === '62';

/** The name that the engine does not know, when the asker wrote it: nothing else of the engine's words is let through. */
function unknownNameIn(message: string, sql: string): string | null {
  const [, quoted] = /[`']([\p{L}\p{N}_.]{1,80})[`']/u.exec(message) ?? [];
  if (quoted !== undefined && placeOfName(sql, quoted) !== null) return quoted;
  const [, called] = /[Ff]unction (?:with name )?['"`]?(\w{1,80})/.exec(message) ?? [];
  return called !== undefined && placeOfName(sql, called) !== null ? called : null;
}
