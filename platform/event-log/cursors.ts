/** How far this process is in each partition that it reads for a group. */
export interface Cursors {
  /** From now on exactly these partitions, from these positions; those that stay keep theirs. */
  own(positions: ReadonlyMap<number, number>): void;
  /** Partitions in rising order. */
  owned(): readonly number[];
  at(partition: number): number;
  lowest(partitions: Iterable<number>): number;
  /**
   * Moves forward, never back, and not where the partition has gone to somebody else. `touched` had records for the
   * group; the others were only passed over.
   */
  advance(partitions: Iterable<number>, position: number, touched: ReadonlySet<number>): void;
  /** Reports every position that was not saved yet. */
  saveAll: () => void;
}

interface Cursor {
  position: number;
  /** The last position reported to be saved. */
  saved: number;
}

/** Positions passed over without a record for the group are not worth a write each time. */
const saveSkippedEvery = 5000;

export function createCursors(save: (partition: number, position: number) => void): Cursors {
  const cursors = new Map<number, Cursor>();
  let order: number[] = [];
  const at = (partition: number) => cursors.get(partition)?.position ?? 0;
  return {
    own: (positions) => {
      for (const partition of cursors.keys()) if (!positions.has(partition)) cursors.delete(partition);
      for (const [partition, position] of positions) {
        if (!cursors.has(partition)) cursors.set(partition, { position, saved: position });
      }
      order = [...cursors.keys()].toSorted((a, b) => a - b);
    },
    owned: () => order,
    at,
    lowest: (partitions) => Math.min(...[...partitions].map(at)),
    advance: (partitions, position, touched) => {
      for (const partition of partitions) {
        const cursor = cursors.get(partition);
        if (cursor === undefined || cursor.position >= position) continue;
        cursor.position = position;
        if (!touched.has(partition) && position - cursor.saved < saveSkippedEvery) continue;
        cursor.saved = position;
        save(partition, position);
      }
    },
    saveAll: () => {
      for (const [partition, cursor] of cursors) {
        if (cursor.saved === cursor.position) continue;
        cursor.saved = cursor.position;
        save(partition, cursor.position);
      }
    },
  };
}
