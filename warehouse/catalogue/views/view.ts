import type { Column, Sensitivity } from '../table.ts';

/** A column as people and models read it. The meaning is that of the table behind it, said once. */
export interface ViewColumn extends Column {
  /** A value as it stands in the data. */
  readonly example: string;
  /** What a number counts or measures; absent for text. */
  readonly unit?: string;
  /** Every value there is, when they are few and fixed. */
  readonly values?: readonly string[];
}

/** Says a question in words and in the SQL that answers it. Run by a test as every role that may ask. */
export interface VerifiedQuestion {
  readonly question: string;
  readonly sql: string;
}

export interface Join {
  readonly view: string;
  /** Columns of both views that must be equal. */
  readonly on: readonly string[];
}

/**
 * What a viewer needs to read the view at all. `see`: any sight of a module; `view`: full sight of at least one module.
 * Rows of modules for which it is missing are left out, and an answer says so.
 */
export type ViewNeed = 'see' | 'view';

/** A virtual table that guarded SQL may read. Its rows are already those of the asker's scope. */
export interface View {
  readonly meaning: string;
  /** What one row stands for. */
  readonly grain: string;
  readonly needs: ViewNeed;
  /** False: counts over places, so there is none of one person's own record. */
  readonly personal: boolean;
  /** Holds rows of modules, in a column `module`. */
  readonly byModule: boolean;
  readonly columns: Readonly<Record<string, ViewColumn>>;
  readonly joins: readonly Join[];
  readonly questions: readonly VerifiedQuestion[];
}

interface More {
  readonly example: string;
  readonly unit?: string;
  readonly values?: readonly string[];
}

/** The table's column, shown as it is. */
export const shown = (column: Column, more: More): ViewColumn => ({ ...column, ...more });

/** A column that the view computes. */
export const computed = (
  type: string,
  meaning: string,
  sensitivity: Sensitivity,
  more: More,
): ViewColumn => ({ type, meaning, sensitivity, ...more });
