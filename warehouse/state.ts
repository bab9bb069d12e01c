import { gravity, type FlagColour } from '#contracts/flags';
import { modules, type Module } from '#contracts/modules';

/**
 * How a person stands in all modules, as one number: four bits a module, in the order of `modules`. The lower three
 * are the colour's weight (none 0, green 1, yellow 2, stale 3, red 4), the highest is the hold.
 * Bits of different modules add up, so a person's state is the sum over the person's flags.
 */
export function stateBits(module: Module, flag: FlagColour, hold: boolean): number {
  const weight = gravity.none - gravity[flag];
  // "Not required" is counted nowhere, so neither is a hold beside it.
  if (weight === 0) return 0;
  return (weight + (hold ? 8 : 0)) << place(module);
}

/** Keeps the given modules of a state; the others read as none. */
export function stateMask(kept: readonly Module[]): number {
  return kept.reduce((mask, module) => mask | (15 << place(module)), 0);
}

const place = (module: Module): number => modules.indexOf(module) * 4;

/** SQL: by how many bits the module in this column is shifted in a state. */
export function placeSql(column: string): string {
  const names = modules.map((module) => `'${module}'`).join(', ');
  return `4 * (indexOf([${names}], ${column}) - 1)`;
}

const places = `[${modules.map(place).join(', ')}]`;

/** SQL: weight of the worst colour over all modules of the state; 0 = no module applies. */
export function worstSql(state: string): string {
  return `arrayMax(place -> bitAnd(bitShiftRight(${state}, place), 7), ${places})`;
}

/** SQL: array of (module, weight, hold), one for each module. */
export function partsSql(state: string): string {
  const names = `[${modules.map((module) => `'${module}'`).join(', ')}]`;
  return `arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(${state}, place), 7), bitTest(${state}, place + 3)), ${names}, ${places})`;
}

const holdBits = modules.reduce((mask, module) => mask | (8 << place(module)), 0);

/** SQL: 1 when any module of the state is on hold. */
export function anyHoldSql(state: string): string {
  return `(bitAnd(${state}, ${holdBits}) != 0)`;
}
