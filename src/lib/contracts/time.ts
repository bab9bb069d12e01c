import * as z from 'zod';

/** An instant: ISO 8601 in UTC with milliseconds, e.g. `2026-11-20T12:00:00.000Z`. */
export const instantSchema = z.iso.datetime({ offset: false });
/** A calendar date without a zone, `YYYY-MM-DD`. */
export const dateSchema = z.iso.date();

export type Instant = string;
export type CalendarDate = string;
/** Milliseconds since 1970-01-01T00:00:00Z. Used inside the rules, where comparison must be cheap. */
export type EpochMs = number;
