import { PlumblineError } from '#platform/errors';

/** An error as a log line may show it. */
export interface LoggedError {
  name: string;
  code?: string;
  kind?: string;
  message: string;
  internal?: string;
  constraint?: string;
  table?: string;
  stack?: string;
  cause?: LoggedError;
}

const mostText = 4000;

/**
 * Engines quote the offending value in their messages (`invalid input syntax for type date: "1980-13-01"`,
 * `Key (email)=(ann@example.com)`), so quoted and bracketed values, addresses and long numbers are blanked.
 */
function blankValues(text: string): string {
  // Also bounds the time: an engine may quote a whole body.
  return text
    .slice(0, mostText)
    .replaceAll(/=\([^)]*\)/g, '=(…)')
    .replaceAll(/: "[^"]*"/g, ': "…"')
    .replaceAll(/'[^']{0,200}'/g, "'…'")
    .replaceAll(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '…@…')
    .replaceAll(/\d{4,}/g, '…');
}

export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: blankValues(String(error)) };
  const line: LoggedError = { name: error.name, message: blankValues(error.message) };
  if (error instanceof PlumblineError) {
    line.code = error.code;
    line.kind = error.kind;
    if (error.internal !== undefined) line.internal = blankValues(error.internal);
  } else {
    for (const name of ['code', 'constraint', 'table'] as const) {
      const value = Reflect.get(error, name);
      if (typeof value === 'string') line[name] = value;
    }
  }
  const frames = (error.stack ?? '').split('\n').filter((frame) => /^\s+at /.test(frame));
  if (frames.length > 0) line.stack = frames.slice(0, 12).join('\n');
  if (error.cause !== undefined && depth < 3) line.cause = describeError(error.cause, depth + 1);
  return line;
}
