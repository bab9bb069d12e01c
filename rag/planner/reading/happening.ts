import type { Module } from '#contracts/modules';

/** Something that happens to people and can be counted: a condition on `e`, a row of events. */
export interface Happening {
  /** In the plural, as in "42 random tests". */
  readonly words: string;
  /** Null: of the life of an employment, which belongs to no module. */
  readonly module: Module | null;
  readonly where: string;
  readonly says: readonly string[];
}

export const inModule = (module: Module, condition: string): string =>
  `e.module = '${module}' AND ${condition}`;
export const typed = (module: Module, ...types: readonly string[]): string =>
  inModule(module, `e.type IN (${types.map((type) => `'${type}'`).join(', ')})`);
