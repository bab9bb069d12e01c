import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded chance: the same seed gives the same company, the same histories and the same messages. */
export interface Dice {
  /** Whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Picks by weight. */
  weighted<T>(list: readonly (readonly [T, number])[]): T;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** An independent stream for a named purpose, so that one more draw here changes nothing there. */
  fork(label: string): Dice;
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

export function createDice(seed: number, label = ''): Dice {
  const generator = xoroshiro128plus(seed ^ hash(label));
  const int = (min: number, max: number) => uniformInt(generator, min, max);
  const pick = <T>(list: readonly T[]): T => {
    const picked = list[int(0, list.length - 1)];
    if (picked === undefined) throw new Error('dice.pick needs a list that is not empty');
    return picked;
  };
  return {
    int,
    pick,
    chance: (p) => int(0, 999_999) < p * 1_000_000,
    weighted: (list) => {
      let left = int(1, 1_000_000) / 1_000_000;
      const total = list.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of list) {
        left -= weight / total;
        if (left <= 0) return item;
      }
      return pick(list)[0];
    },
    hex: (length) => Array.from({ length }, () => int(0, 15).toString(16)).join(''),
    fork: (name) => createDice(seed, `${label}/${name}`),
  };
}
