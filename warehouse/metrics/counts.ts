import * as z from 'zod';

/** How many people (or flags of one module) stand how. `none` is counted nowhere. */
export interface StatusCounts {
  readonly red: number;
  readonly stale: number;
  readonly yellow: number;
  readonly green: number;
  /** Of those above, how many are on hold: work must stop. */
  readonly onHold: number;
}

export const noCounts: StatusCounts = { red: 0, stale: 0, yellow: 0, green: 0, onHold: 0 };

export function addCounts(a: StatusCounts, b: StatusCounts): StatusCounts {
  return {
    red: a.red + b.red,
    stale: a.stale + b.stale,
    yellow: a.yellow + b.yellow,
    green: a.green + b.green,
    onHold: a.onHold + b.onHold,
  };
}

export const totalOf = (counts: StatusCounts): number =>
  counts.red + counts.stale + counts.yellow + counts.green;

/** Share that is green, 0 to 1; null when nobody counts. */
export function rateOf(counts: StatusCounts): number | null {
  const total = totalOf(counts);
  return total === 0 ? null : counts.green / total;
}

/** 64-bit integers arrive as text. */
export const integer = z.coerce.number().pipe(z.int());

export const countColumns = {
  red: integer,
  stale: integer,
  yellow: integer,
  green: integer,
  on_hold: integer,
};

export function readCounts(row: z.infer<z.ZodObject<typeof countColumns>>): StatusCounts {
  const { red, stale, yellow, green, on_hold: onHold } = row;
  return { red, stale, yellow, green, onHold };
}

/** SQL: the five counts of `people` by colour weight and hold. */
export const countsSql = (weight: string, hold: string, people: string): string => `
  sumIf(${people}, ${weight} = 4) AS red,
  sumIf(${people}, ${weight} = 3) AS stale,
  sumIf(${people}, ${weight} = 2) AS yellow,
  sumIf(${people}, ${weight} = 1) AS green,
  sumIf(${people}, ${hold} AND ${weight} > 0) AS on_hold`;
