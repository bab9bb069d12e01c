import type { FlagChanged } from '#contracts/live';

/** The stored changes of a tenant, in sequence order: what a viewer missed is read from here. */
export interface ChangeHistory {
  /** The newest sequence of the tenant; 0 when there is none. */
  head(tenantId: string): Promise<number>;
  /** Changes after `sequence` in order, at most `limit`. */
  since(tenantId: string, sequence: number, limit: number): Promise<readonly FlagChanged[]>;
}

/**
 * The newest changes of one tenant in memory, in front of the stored ones, and the watermark: the sequence up to
 * which nothing is missing here.
 */
export function createHistory(stored: ChangeHistory, tenantId: string, keep: number) {
  /** Changes after `floor`, each at its sequence; complete up to the watermark. */
  const kept = new Map<number, FlagChanged>();
  let floor = 0;
  let watermark = 0;
  let highest = 0;
  let reading: Promise<void> = Promise.resolve();

  function advance(): void {
    while (kept.has(watermark + 1)) watermark += 1;
    for (; floor < watermark - keep; floor += 1) kept.delete(floor + 1);
  }

  async function readDownTo(after: number): Promise<void> {
    if (after >= floor) return;
    const from = floor;
    const missed = await stored.since(tenantId, after, from - after);
    // Trimmed meanwhile, or pruned in the database: then this stretch stays out of reach.
    if (floor !== from || missed.length < from - after) return;
    for (const change of missed) kept.set(change.sequence, change);
    floor = after;
  }

  async function readGap(): Promise<readonly FlagChanged[]> {
    const from = watermark;
    const found = await stored.since(tenantId, from, Math.min(keep, highest - from));
    const first = found[0];
    // The database does not know the missing ones either: nothing to wait for.
    if (first !== undefined && watermark === from) watermark = first.sequence - 1;
    return found;
  }

  return {
    async open(): Promise<void> {
      watermark = await stored.head(tenantId);
      floor = watermark;
      highest = Math.max(highest, watermark);
    },
    watermark: () => watermark,
    hasGap: () => highest > watermark,
    /** False when the change was here before. */
    add(change: FlagChanged): boolean {
      if (change.sequence <= watermark || kept.has(change.sequence)) return false;
      kept.set(change.sequence, change);
      highest = Math.max(highest, change.sequence);
      advance();
      return true;
    },
    /** The stored changes between the watermark and the newest known one. */
    fillGap: readGap,
    /** Makes everything after `after` available if it is stored; false when the tenant never got so far. */
    async reach(after: number): Promise<boolean> {
      if (after > watermark) return after <= (await stored.head(tenantId));
      if (watermark - after > keep) return false;
      // One reader at a time: after a restart thousands ask for the same stretch.
      reading = reading.catch(() => undefined).then(() => readDownTo(after));
      await reading;
      return true;
    },
    covers: (after: number) => after >= floor,
    /** Everything known after `after`, in order. */
    since(after: number): FlagChanged[] {
      return [...kept.values()]
        .filter((change) => change.sequence > after)
        .toSorted((one, other) => one.sequence - other.sequence);
    },
  };
}
