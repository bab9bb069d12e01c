import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { describeError } from './error-lines.ts';
import { keepAllowedFields, type LogFields } from './fields.ts';

export type { LogFields } from './fields.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof logLevels)[number];

/** Structured log. Fields are an allow-list (fields.ts); the message is a fixed sentence without values. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log whose lines all carry `fields`. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  level: LogLevel;
  /** Coloured lines for a person instead of JSON. */
  pretty?: boolean;
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
  /** Asked for each line: the trace that the line belongs to. */
  trace?: () => Pick<LogFields, 'traceId' | 'spanId'> | null;
}

export function createLog(options: LogOptions): Log {
  const destination =
    options.destination ??
    (options.pretty === true
      ? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', sync: true })
      : pino.destination({ dest: 1, sync: false }));
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => ({ ...options.trace?.() }),
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }), log: keepAllowedFields },
    },
    destination,
  );
  return wrap(logger);
}

/** For tests and tools that have nothing to say. */
export function createSilentLog(): Log {
  return createLog({ level: 'silent', destination: { write: () => {} } });
}

function wrap(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(keepAllowedFields({ ...fields }))),
  };
}
