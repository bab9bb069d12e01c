import { moduleNames, modules, type Module } from '#contracts/modules';
import { boardColumns, type BoardColumn } from '#contracts/screens/board';

export const columnNames: Readonly<Record<BoardColumn, string>> = {
  ...moduleNames,
  site: 'Site',
  next: 'Next due',
  changed: 'Changed',
};

/** What the grid draws. Modules keep their place among the six, because cells come in that order. */
export interface ShownColumns {
  readonly site: boolean;
  readonly modules: readonly { readonly module: Module; readonly place: number }[];
  readonly next: boolean;
  readonly changed: boolean;
  /** Columns in all, the person's included. */
  readonly count: number;
}

export function shownColumns(hidden: readonly BoardColumn[]): ShownColumns {
  const shows = (column: BoardColumn) => !hidden.includes(column);
  return {
    site: shows('site'),
    modules: modules.map((module, place) => ({ module, place })).filter(({ module }) => shows(module)),
    next: shows('next'),
    changed: shows('changed'),
    count: boardColumns.filter(shows).length + 1,
  };
}

/** What the menu offers: not the modules that the viewer's role leaves empty. */
export function offeredColumns(unseen: readonly Module[]): BoardColumn[] {
  return boardColumns.filter((column) => !unseen.some((module) => module === column));
}
