import { describe, expect, it } from 'vitest';
import { PlumblineError } from '#platform/errors';
import { isRetryable, isUniqueViolation, sqlStateOf, toPostgresError } from './errors.ts';

const pgError = (code: string, extra: object = {}) => Object.assign(new Error('text'), { code, ...extra });

describe('errors of the database', () => {
  it.each(['08006', '53300', '57P01', '58030', 'XX000'])(
    'makes %s unavailable and keeps the cause',
    (code) => {
      const cause = pgError(code);
      const error = toPostgresError(cause);
      expect(error).toMatchObject({ kind: 'unavailable', code: 'postgres.unavailable', cause });
      expect(error).toBeInstanceOf(PlumblineError);
    },
  );

  it.each(['23505', '42501', '40001', '22P02', '57014'])('passes %s on as it is', (code) => {
    const cause = pgError(code);
    expect(toPostgresError(cause)).toBe(cause);
  });

  it.each([
    new Error('PGlite is closed'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
  ])('makes "$message" unavailable', (cause) => {
    expect(toPostgresError(cause)).toMatchObject({ kind: 'unavailable' });
  });

  it('leaves our own errors and other failures alone', () => {
    const own = new PlumblineError({ kind: 'conflict', code: 'x.y', detail: 'z' });
    const other = new TypeError('undefined is not a function');
    expect(toPostgresError(own)).toBe(own);
    expect(toPostgresError(other)).toBe(other);
  });

  it('reads SQLSTATEs only', () => {
    expect(sqlStateOf(pgError('23505'))).toBe('23505');
    expect(sqlStateOf(pgError('ECONNRESET'))).toBeUndefined();
    expect(isUniqueViolation(pgError('23505', { constraint: 'a_pkey' }), 'a_pkey')).toBe(true);
    expect(isUniqueViolation(pgError('23503'))).toBe(false);
    expect(isRetryable(pgError('40P01'))).toBe(true);
  });
});
