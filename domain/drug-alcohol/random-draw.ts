import { createHash } from 'node:crypto';

/**
 * A random draw that anybody can check afterwards (49 CFR 382.305(i): a scientifically valid method, each driver the
 * same chance at every draw). Before the draw the commitment to the seed and the hash of the pool go into the audit
 * log; afterwards the seed is published and the draw can be repeated.
 */
export interface Draw {
  /** SHA-256 of the seed, hex: published before. */
  commitment: string;
  /** SHA-256 of the pool, hex: published before. Independent of the order in which the pool is listed. */
  poolHash: string;
  /** Drawn ids, in the order drawn. */
  selected: readonly string[];
  /** The next ones, should a selected driver be unavailable for the whole period. */
  alternates: readonly string[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const commitmentOf = (seed: string): string => sha256(`seed\n${seed}`);

export function poolHashOf(pool: readonly string[]): string {
  return sha256(`pool\n${[...new Set(pool)].toSorted().join('\n')}`);
}

/**
 * Draws `count` of the pool: ordered by SHA-256 of seed, pool hash and id, so that nobody who does not know the seed
 * can tell the order, and nobody who knows it can change it. Each id counts once.
 */
export function drawRandom(pool: readonly string[], count: number, seed: string): Draw {
  const poolHash = poolHashOf(pool);
  const ordered = [...new Set(pool)]
    .map((id) => ({ id, lot: sha256(`draw\n${seed}\n${poolHash}\n${id}`) }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
    .map(({ id }) => id);
  const end = Math.min(count, ordered.length);
  return {
    commitment: commitmentOf(seed),
    poolHash,
    selected: ordered.slice(0, end),
    alternates: ordered.slice(end, end + Math.ceil(end / 2)),
  };
}

/** True when this draw is what seed and pool give. */
export function verifyDraw(draw: Draw, pool: readonly string[], seed: string): boolean {
  const again = drawRandom(pool, draw.selected.length, seed);
  return (
    again.commitment === draw.commitment &&
    again.poolHash === draw.poolHash &&
    again.selected.join('\n') === draw.selected.join('\n')
  );
}
