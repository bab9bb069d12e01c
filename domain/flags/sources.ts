import type { EpochMs } from '#contracts/time';

/** State of one vendor's feed for one tenant. */
export interface SourceState {
  /** Last event accepted from it; null = never one. */
  readonly lastEventAtMs: EpochMs | null;
  /** Since when every message fails verification; null = fine. */
  readonly failingSinceMs: EpochMs | null;
  /** After how much silence nothing can be claimed. */
  readonly silenceMs: number;
}
export type Sources = Readonly<Record<string, SourceState>>;

/**
 * First instant at which one of the vendors counts as silent or failing; null = none of them is watched.
 * A vendor that is not in `sources` is not watched (the app itself, a one-off import).
 */
export function staleFrom(vendors: Iterable<string>, sources: Sources): EpochMs | null {
  let earliest: EpochMs | null = null;
  for (const vendor of vendors) {
    const source = sources[vendor];
    if (!source) continue;
    for (const since of [source.lastEventAtMs, source.failingSinceMs]) {
      if (since === null) continue;
      const at = since + source.silenceMs;
      if (earliest === null || at < earliest) earliest = at;
    }
  }
  return earliest;
}
