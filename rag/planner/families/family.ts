import type { AnswerEvent } from '#contracts/der-iq';
import type { Module } from '#contracts/modules';
import type { Grounded } from '../grounding/ground.ts';

type ChartEvent = Extract<AnswerEvent, { type: 'chart' }>;
export type Chart = Omit<ChartEvent, 'type'>;

/** A cell as the guard gives it. */
export type Cell = string | number | boolean | null;
export type Rows = readonly (readonly Cell[])[];

/** A question to the data and how its answer is told. */
export interface Plan {
  readonly sql: string;
  /** Modules that must be seen in full, else the answer would be empty where it should be denied. */
  readonly needs?: readonly Module[];
  /** Rows are places or job roles, which a de-identified sight does not have. */
  readonly needsPlaces?: boolean;
  readonly chart?: Chart;
  /** One or two sentences with the numbers of the rows. */
  readonly say: (rows: Rows) => string;
  /** What follows the rows. */
  readonly after?: (rows: Rows) => readonly AnswerEvent[];
}

/** Questions of one shape that are answered by one kind of SQL. */
export interface Family {
  readonly name: string;
  /** A question of the family as somebody may ask it. */
  readonly example: string;
  /** Needs one person: it is asked who is meant, or said that nobody is found. */
  readonly ofPerson: boolean;
  /** 0 = not of this family; the highest wins. */
  fits(asked: Grounded): number;
  plan(asked: Grounded): Plan;
}

/** A number as the engine gives it: 64-bit integers come as texts. */
export const numberIn = (cell: Cell | undefined): number => Number(cell ?? 0);
export const textIn = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : String(cell);

/** `1 person`, `12 people`. */
export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
