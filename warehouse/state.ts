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

/** Weight of the module's colour in a state: 0 none, 1 green, 2 yellow, 3 stale, 4 red. */
export function weightOf(state: number, module: Module): number {
  return (state >> place(module)) & 7;
}

/** Weight of the worst colour over all modules of a state; 0 = no module applies. */
export function worstOf(state: number): number {
  return Math.max(...modules.map((module) => weightOf(state, module)));
}

export function isOnHold(state: number, module: Module): boolean {
  return (state & (8 << place(module))) !== 0;
}

export function isAnyOnHold(state: number): boolean {
  return (state & everywhere(8)) !== 0;
}

/** The module at this place of a state, as `placeSql` gives it. */
export function moduleAt(at: number): Module | undefined {
  return modules[at / 4];
}

const place = (module: Module): number => modules.indexOf(module) * 4;

/** SQL: by how many bits the module in this column is shifted in a state. */
export function placeSql(column: string): string {
  const names = modules.map((module) => `'${module}'`).join(', ');
  return `4 * (indexOf([${names}], ${column}) - 1)`;
}

const places = `[${modules.map(place).join(', ')}]`;

/** The given bits in every module of a state. */
const everywhere = (bits: number): number =>
  modules.reduce((mask, module) => mask | (bits << place(module)), 0);

const any = (bits: string, mask: number): string => `bitAnd(${bits}, ${everywhere(mask)}) != 0`;

/**
 * SQL: weight of the worst colour over all modules of the state; 0 = no module applies. By bits of all modules at once:
 * only 4 has the third bit, of the others only 3 has the first and the second.
 */
export function worstSql(state: string): string {
  return `multiIf(${any(state, 4)}, 4, ${any(`bitAnd(${state}, bitShiftRight(${state}, 1))`, 1)}, 3,
    ${any(state, 2)}, 2, ${any(state, 1)}, 1, 0)`;
}

/** SQL: array of (module, weight, hold), one for each module. */
export function partsSql(state: string): string {
  const names = `[${modules.map((module) => `'${module}'`).join(', ')}]`;
  return `arrayMap((module, place) ->
      (module, bitAnd(bitShiftRight(${state}, place), 7), bitTest(${state}, place + 3)), ${names}, ${places})`;
}

/** SQL: 1 when any module of the state is on hold. */
export function anyHoldSql(state: string): string {
  return `(bitAnd(${state}, ${everywhere(8)}) != 0)`;
}
