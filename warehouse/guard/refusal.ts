import { PlumblineError, type ErrorPlace } from '#platform/errors';

/**
 * The SQL was not run: it says something that guarded SQL may not say. `detail` names it and what to write instead; it
 * holds words of the asker's own text alone.
 */
export function refused(detail: string, places: readonly ErrorPlace[] = []): PlumblineError {
  return new PlumblineError({ kind: 'invalid', code: 'warehouse.sql_refused', detail, places });
}

/** The SQL could not be read by the engine. */
export function notUnderstood(detail: string, places: readonly ErrorPlace[] = []): PlumblineError {
  return new PlumblineError({ kind: 'malformed', code: 'warehouse.sql_not_understood', detail, places });
}

/** Denied is not empty: the right that is missing is named. */
export function notPermitted(detail: string): PlumblineError {
  return new PlumblineError({ kind: 'forbidden', code: 'warehouse.view_not_permitted', detail });
}
