import { typeidUnboxed } from 'typeid-js';
import { idPrefixes, type Id, type IdKind } from '#contracts/ids';

/** Makes ids. Passed to services like the clock, so that tests can be exact. */
export interface Ids {
  next<K extends IdKind>(kind: K): Id<K>;
}

/** Time-ordered ids (UUIDv7 inside a TypeID). */
export const randomIds: Ids = {
  next: <K extends IdKind>(kind: K) => typeidUnboxed(idPrefixes[kind]) as unknown as Id<K>,
};

/** Ids that count up, for tests: `emp_00000000000000000000000001`, … */
export function createCountingIds(): Ids {
  let count = 0;
  return {
    next: <K extends IdKind>(kind: K) => {
      count += 1;
      return `${idPrefixes[kind]}_${String(count).padStart(26, '0')}` as Id<K>;
    },
  };
}
