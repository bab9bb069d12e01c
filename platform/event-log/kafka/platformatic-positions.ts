import { offsetCommitV8, type Consumer } from '@platformatic/kafka';
import {
  partitionId,
  type JoinOptions,
  type KafkaClient,
  type Position,
  type TopicPartition,
} from './port.ts';

/** Commits by the plain request: the library's own would join again by itself, and wait for this commit to do so. */
export async function commit(
  consumer: Consumer,
  prefix: string,
  positions: readonly Position[],
): Promise<void> {
  const coordinator = await consumer.findGroupCoordinator();
  const connection = (await consumer.connectToBrokers([coordinator])).get(coordinator);
  if (connection === undefined || consumer.memberId === null) throw new Error('no coordinator to commit to');
  const topics = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, partitions]) => ({
    name: prefix + topic,
    partitions: partitions.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  }));
  const { groupId, generationId, memberId } = consumer;
  await offsetCommitV8.api.async(connection, groupId, generationId, memberId, null, topics);
}

interface StartDeps extends Pick<JoinOptions, 'alone' | 'startAt'> {
  prefix: string;
  offsets: KafkaClient['offsets'];
}

/** Where to go on in each partition that is ours; retention may have removed what the group stood at. */
export async function startPositions(
  deps: StartDeps,
  consumer: Consumer,
  fetcher: Consumer,
): Promise<Position[]> {
  const { prefix, startAt, offsets } = deps;
  const partitions = deps.alone ? await allPartitions(fetcher, prefix) : assignedPartitions(consumer, prefix);
  if (partitions.length === 0) return [];
  const committed = deps.alone
    ? new Map<string, bigint[]>()
    : await consumer.listCommittedOffsets({ topics: consumer.assignments ?? [] });
  const first = new Map((await offsets(partitions, 'earliest')).map((one) => [partitionId(one), one.offset]));
  const end = new Map((await offsets(partitions, 'latest')).map((one) => [partitionId(one), one.offset]));
  const fresh: Position[] = [];
  const positions = partitions.map((partition): Position => {
    const id = partitionId(partition);
    const known = committed.get(prefix + partition.topic)?.[partition.partition] ?? -1n;
    const start = known >= 0n ? known : (startAt.get(id) ?? 0n);
    const offset = between(start, first.get(id) ?? 0n, end.get(id) ?? start);
    if (known < 0n && startAt.has(id)) fresh.push({ ...partition, offset });
    return { ...partition, offset };
  });
  // From now on the group stands there, whatever comes in between.
  if (fresh.length > 0 && !deps.alone) await commit(consumer, prefix, fresh);
  return positions;
}

function assignedPartitions({ assignments }: Consumer, prefix: string): TopicPartition[] {
  return (assignments ?? []).flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic: topic.slice(prefix.length), partition })),
  );
}

async function allPartitions(fetcher: Consumer, prefix: string): Promise<TopicPartition[]> {
  const { topics } = await fetcher.metadata({ topics: fetcher.topics.current });
  return [...topics].flatMap(([topic, { partitions }]) =>
    partitions.map((_, partition) => ({ topic: topic.slice(prefix.length), partition })),
  );
}

const between = (value: bigint, least: bigint, most: bigint): bigint =>
  value < least ? least : value > most ? most : value;
