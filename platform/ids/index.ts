import { fromUUIDBytes, typeidUnboxed } from 'typeid-js';
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

/**
 * An id made of an instant and at least 10 bytes of a digest instead of chance: the same thing gets the same id wherever
 * it is made. Same layout as all others (UUIDv7 inside a TypeID), so it sorts by the instant.
 */
export function idFromDigest<K extends IdKind>(kind: K, atMs: number, digest: Uint8Array): Id<K> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, Math.trunc(atMs))) << 16n);
  bytes.set(digest.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return fromUUIDBytes(idPrefixes[kind], bytes).toString() as Id<K>;
}
