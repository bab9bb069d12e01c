import { createCursors } from './cursors.ts';
import type { LogRecord } from './index.ts';
import type { Found, Wanted } from './reader.ts';
import { createSharing, type Member } from './sharing.ts';
import type { TopicFilter } from './topic-filter.ts';

/** Records that one member holds; their partitions are closed to others until it is finished. */
export interface Batch {
  records: readonly LogRecord[];
  partitions: ReadonlySet<number>;
  scannedTo: number;
}

/** The members of one consumer group in this process: who reads which partitions, and how far the group is. */
export interface Group {
  readonly name: string;
  readonly topics: readonly string[];
  join(member: Member): void;
  leave(member: Member): void;
  /** The next records for a member; undefined when there are none for it at the moment. */
  take(member: Member): Promise<Batch | undefined>;
  /** Ends a batch. Only a handled one moves the group on. */
  finish(member: Member, batch: Batch, handled: boolean): void;
  /** This process now reads exactly these partitions, from the given positions. */
  own(positions: ReadonlyMap<number, number>): void;
  /** Partitions with a batch in progress. */
  busy(): ReadonlySet<number>;
  /** Everything up to here is done in every partition that this process reads. */
  position(): number;
  /** The same for each of them. */
  positions(): ReadonlyMap<number, number>;
  wakeAll(): void;
  /** Saves all positions, also those that moved without a record. */
  saveAll(): void;
}

export interface GroupDeps {
  name: string;
  topics: readonly string[];
  filter: TopicFilter;
  find: (wanted: Wanted) => Promise<Found>;
  /** Everything in `partition` up to `position` is done. */
  save: (group: string, partition: number, position: number) => void;
  /** This process reads other partitions than before. */
  onShared?: () => void;
}

export function createGroup({ name, topics, filter, find, save, onShared }: GroupDeps): Group {
  const cursors = createCursors((partition, position) => save(name, partition, position));
  const sharing = createSharing(cursors);

  async function look(partitions: ReadonlySet<number>, limit: number): Promise<Batch> {
    const before = new Map([...partitions].map((partition) => [partition, cursors.at(partition)]));
    const found = await find({ filter, partitions, after: cursors.lowest(partitions), limit });
    const records = found.records.filter(
      (record) => Number(record.offset) > (before.get(record.partition) ?? 0),
    );
    return { records, partitions, scannedTo: found.scannedTo };
  }

  async function take(member: Member): Promise<Batch | undefined> {
    const partitions = sharing.claim(member);
    if (partitions.size === 0) return undefined;
    const lowest = cursors.lowest(partitions);
    try {
      const batch = await look(partitions, member.maxBatch);
      if (batch.records.length > 0) return batch;
      cursors.advance(partitions, batch.scannedTo, new Set());
      sharing.release(partitions, member);
      return batch.scannedTo > lowest ? await take(member) : undefined;
    } catch (error) {
      sharing.release(partitions, member);
      throw error;
    }
  }

  return {
    name,
    topics,
    join: sharing.join,
    leave: sharing.leave,
    take,
    finish: (member, batch, handled) => {
      const touched = new Set(batch.records.map((record) => record.partition));
      if (handled) cursors.advance(batch.partitions, batch.scannedTo, touched);
      sharing.release(batch.partitions, member);
    },
    own: (positions) => {
      const before = cursors.owned();
      cursors.own(positions);
      if (String(before) !== String(cursors.owned())) onShared?.();
      sharing.wakeAll();
    },
    busy: sharing.busy,
    position: () => cursors.lowest(cursors.owned()),
    positions: () => new Map(cursors.owned().map((partition) => [partition, cursors.at(partition)])),
    wakeAll: sharing.wakeAll,
    saveAll: cursors.saveAll,
  };
}
