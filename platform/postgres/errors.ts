import { PlumblineError } from '#platform/errors';

/** SQLSTATE codes that this code base reacts to. Source: PostgreSQL documentation, appendix A. */
export const sqlStates = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  notNullViolation: '23502',
  insufficientPrivilege: '42501',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  undefinedTable: '42P01',
} as const;

/** The SQLSTATE of an error, or undefined. Tested by shape: embedded errors are no `pg.DatabaseError`. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** True for a unique violation, of the named constraint or index when given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlStateOf(error) !== sqlStates.uniqueViolation) return false;
  return (
    constraint === undefined || (error instanceof Error && Reflect.get(error, 'constraint') === constraint)
  );
}

/** True when the same transaction may succeed if it is run again. */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === sqlStates.serializationFailure || state === sqlStates.deadlockDetected;
}

// 08 connection, 53 resources, 57P0x shutdown, 58 system, XX internal (a broken embedded session).
const unavailableStates = /^(08|53|57P0|58|XX)/;
const unavailableNodeCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const unavailableTexts =
  /PGlite is clos|Connection terminated|Cannot use a pool after|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|not queryable|unreachable|memory access out of bounds/i;

/**
 * What a failed database call throws on: engine failures become `unavailable` (retry later), SQL errors stay as they
 * are, so that callers can test `e.code`.
 */
export function toPostgresError(error: unknown): unknown {
  if (error instanceof PlumblineError || !(error instanceof Error)) return error;
  const state = sqlStateOf(error);
  const nodeCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const unavailable =
    state === undefined
      ? unavailableNodeCodes.has(nodeCode) ||
        unavailableTexts.test(error.message) ||
        error.name === 'ExitStatus'
      : unavailableStates.test(state);
  if (!unavailable) return error;
  return new PlumblineError({
    kind: 'unavailable',
    code: 'postgres.unavailable',
    detail: 'The database cannot be reached at the moment. Try again shortly.',
    retryAfterS: 5,
    internal: error.message,
    cause: error,
  });
}
