import { PlumblineError } from '#platform/errors';
import { isRetryable } from '#platform/postgres';

/** Faults that pass: the same batch may well succeed later. */
export function isEngineFault(error: unknown): boolean {
  return isRetryable(error) || (error instanceof PlumblineError && error.kind === 'unavailable');
}
