import type { TopicPartition } from './port.ts';

export interface Subscriber {
  memberId: string;
  topics: ReadonlySet<string>;
}

/** Both libraries join groups under this name, so that a group can change its library member by member. */
export const shareOutName = 'plumbline-by-number';

/**
 * Shares partitions among members by their number: partitions of all topics with one number go to one member, so that
 * the records of a key, whatever their topic, are handled by one process. Who does not subscribe to a topic gets none of it.
 */
export function shareOut(
  subscribers: readonly Subscriber[],
  partitionsOf: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const members = subscribers.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  const topics = new Set(members.flatMap((member) => [...member.topics]));
  for (const topic of [...topics].toSorted()) {
    const takers = members.filter((member) => member.topics.has(topic));
    for (let partition = 0; partition < partitionsOf(topic); partition += 1) {
      const taker = takers[partition % takers.length];
      if (taker !== undefined) shares.get(taker.memberId)?.push({ topic, partition });
    }
  }
  return shares;
}

/** Partitions of a topic side by side, as the protocol wants them. */
export function byTopic(partitions: readonly TopicPartition[]): Map<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [partition]);
    else known.push(partition);
  }
  return topics;
}
