import type { LogRecord } from './index.ts';

/**
 * The newest records, kept in memory as they commit, so that consumers need not read back what this process wrote.
 * Positions in it have no gap: after a gap (another process wrote, or an append failed) it begins anew, and readers
 * behind it go to the table.
 */
export interface Tail {
  /** Adds records committed at `first`, `first + 1`, … */
  publish(first: number, records: readonly LogRecord[]): void;
  /** The highest position known to be committed. */
  head(): number;
  /** Visits the records after `position` in order until `visit` says false; false when they are not in memory. */
  visit(position: number, visit: (record: LogRecord, position: number) => boolean): boolean;
}

interface TailLimits {
  records: number;
  bytes: number;
}

export function createTail(
  head: number,
  limits: TailLimits = { records: 40_000, bytes: 48 * 1024 * 1024 },
): Tail {
  let start = head + 1;
  let end = head;
  let records: LogRecord[] = [];
  let bytes = 0;

  function trim(): void {
    if (records.length <= limits.records && bytes <= limits.bytes) return;
    // Drops a quarter more than needed, so that the copy happens rarely.
    let drop = 0;
    while (
      drop < records.length - 1 &&
      (records.length - drop > limits.records * 0.75 || bytes > limits.bytes * 0.75)
    ) {
      bytes -= records[drop]?.value.length ?? 0;
      drop += 1;
    }
    records = records.slice(drop);
    start += drop;
  }

  return {
    publish: (first, added) => {
      if (first <= end) return;
      if (first !== end + 1) {
        records = [];
        bytes = 0;
        start = first;
      }
      for (const record of added) {
        records.push(record);
        bytes += record.value.length;
      }
      end = first + added.length - 1;
      trim();
    },
    head: () => end,
    visit: (position, visit) => {
      if (position + 1 < start) return false;
      for (let at = position + 1 - start; at < records.length; at += 1) {
        const record = records[at];
        if (record === undefined || !visit(record, start + at)) return true;
      }
      return true;
    },
  };
}
