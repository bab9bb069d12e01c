import type { TopicFilter } from '../topic-filter.ts';
import { partitionId, type KafkaClient, type Position, type TopicPartition } from './port.ts';
import type { Topics } from './topics.ts';

export function partitionsOf(topics: Topics, names: readonly string[]): TopicPartition[] {
  return names.flatMap((topic) =>
    Array.from({ length: topics.partitionsOf(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
  );
}

export const byPartition = (positions: readonly Position[]): Map<string, bigint> =>
  new Map(positions.map((position) => [partitionId(position), position.offset]));

export interface Reader {
  filter: TopicFilter;
  /** Null for a reader whose positions are all in `startAt`. */
  group: string | null;
  /** Where it stands in partitions that it never committed. */
  startAt: ReadonlyMap<string, bigint>;
}

/** Records that a reader has yet to handle, also in topics that another process made a moment ago. */
export async function lagBehind(client: KafkaClient, topics: Topics, reader: Reader): Promise<number> {
  await topics.refresh();
  const names = topics.matching(reader.filter);
  const partitions = partitionsOf(topics, names);
  const [first, end, committed] = await Promise.all([
    client.offsets(partitions, 'earliest').then(byPartition),
    client.offsets(partitions, 'latest').then(byPartition),
    reader.group === null
      ? new Map<string, bigint>()
      : client.committed(reader.group, names).then(byPartition),
  ]);
  let lag = 0n;
  for (const partition of partitions) {
    const id = partitionId(partition);
    const oldest = first.get(id) ?? 0n;
    const at = committed.get(id) ?? reader.startAt.get(id) ?? oldest;
    const left = (end.get(id) ?? 0n) - (at > oldest ? at : oldest);
    if (left > 0n) lag += left;
  }
  return Number(lag);
}

/**
 * Removes records appended before `beforeMs` (epoch ms) that every group has handled. A group holds a topic from its
 * first commit there on.
 * @returns how many were removed.
 */
export async function trimTopics(client: KafkaClient, topics: Topics, beforeMs: number): Promise<number> {
  const names = topics.names();
  const partitions = partitionsOf(topics, names);
  const oldest = byPartition(await client.offsets(partitions, 'earliest'));
  const cut = byPartition(await client.offsets(partitions, beforeMs));
  for (const group of await client.groups()) {
    const committed = await client.committed(group, names);
    const held = new Set(committed.map(({ topic }) => topic));
    const handled = byPartition(committed);
    for (const partition of partitions) {
      if (!held.has(partition.topic)) continue;
      const id = partitionId(partition);
      const at = handled.get(id) ?? 0n;
      if (at < (cut.get(id) ?? 0n)) cut.set(id, at);
    }
  }
  const removable = partitions
    .map((partition) => ({ ...partition, offset: cut.get(partitionId(partition)) ?? 0n }))
    .filter((position) => position.offset > (oldest.get(partitionId(position)) ?? 0n));
  if (removable.length > 0) await client.deleteBefore(removable);
  return removable.reduce(
    (sum, position) => sum + Number(position.offset - (oldest.get(partitionId(position)) ?? 0n)),
    0,
  );
}
