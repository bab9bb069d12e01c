import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  findErrorBy,
  ListOffsetTimestamps,
  Producer,
  type ConsumerOptions,
} from '@platformatic/kafka';
import type { Log } from '#platform/log';
import type { LogRecord } from '../index.ts';
import { joinByPlatformatic } from './platformatic-member.ts';
import { createHeaderNames, toMessage, toSlice } from './platformatic-records.ts';
import {
  limits,
  retryAfterMs,
  type KafkaClient,
  type KafkaConnection,
  type Position,
  type TopicPartition,
} from './port.ts';
import { byTopic } from './share-out.ts';

type Options = Omit<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>, 'groupId'>;

function optionsOf({ brokers, clientId, sasl, tls }: KafkaConnection): Options {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    // About 15 s: long enough for a broker to restart.
    retries: 8,
    retryDelay: (_client, _operation, attempt) => Math.min(retryAfterMs(attempt), 3000),
    metadataMaxAge: 30_000,
    connectTimeout: 5000,
    autocreateTopics: false,
    ...(sasl === undefined
      ? {}
      : {
          sasl: {
            mechanism: sasl.mechanism.toUpperCase() as 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
            username: sasl.username,
            password: sasl.password,
          },
        }),
    ...(tls === undefined ? {} : { tls: { ...tls }, tlsServerName: true }),
  };
}

/** A broker that hangs is given up after 6 s and asked again; the caller hears of it after 8 s, or 45 s when all hang. */
const producing = { requestTimeout: limits.produceTimeoutMs, retries: 6 };

const timestamps = { latest: ListOffsetTimestamps.LATEST, earliest: ListOffsetTimestamps.EARLIEST } as const;

/** The client on @platformatic/kafka. */
export function openPlatformaticClient(connection: KafkaConnection, log: Log): KafkaClient {
  const { prefix } = connection;
  const options = optionsOf(connection);
  const producer = new Producer({ ...options, ...producing, idempotent: true });
  const admin = new Admin(options);
  const headerName = createHeaderNames();
  const reader = createReader(options, prefix);
  const own = (name: string) => prefix + name;
  // The library shares the answers of admin requests that run at once, also among different ones.
  const inTurn = createTurns();

  async function offsets(
    partitions: readonly TopicPartition[],
    at: 'earliest' | 'latest' | number,
  ): Promise<Position[]> {
    const timestamp = typeof at === 'number' ? BigInt(at) : timestamps[at];
    const topics = [...byTopic(partitions)].map(([topic, numbers]) => ({
      name: own(topic),
      partitions: numbers.map((partitionIndex) => ({ partitionIndex, timestamp })),
    }));
    if (topics.length === 0) return [];
    const found = await inTurn(() => admin.listOffsets({ topics }));
    const positions = found.flatMap(({ name, partitions: listed }) =>
      listed.map(({ partitionIndex, offset }) => ({
        topic: name.slice(prefix.length),
        partition: partitionIndex,
        offset,
      })),
    );
    const newer = positions.filter(({ offset }) => offset < 0n);
    // No record is as young as the time: all are before it.
    return newer.length === 0 || at === 'latest'
      ? positions
      : [...positions.filter(({ offset }) => offset >= 0n), ...(await offsets(newer, 'latest'))];
  }

  return {
    produce: async (records) => {
      await producer.send({ messages: records.map((record) => toMessage(prefix, headerName, record)) });
    },
    ...administration(admin, prefix, inTurn),
    offsets,
    read: reader.read,
    join: (join) => joinByPlatformatic({ ...join, options, prefix, offsets, log }),
    close: async () => {
      await Promise.all([producer.close(), admin.close(), reader.close()]);
    },
  };
}

type InTurn = <R>(ask: () => Promise<R>) => Promise<R>;

function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const asked = last.then(ask);
    last = asked.catch(() => undefined);
    return asked;
  };
}

function administration(admin: Admin, prefix: string, inTurn: InTurn) {
  const ownNames = (names: Iterable<string>) =>
    [...names].filter((name) => name.startsWith(prefix) && !name.startsWith('__'));
  return {
    topics: () =>
      inTurn(async () => {
        const names = ownNames(await admin.listTopics());
        if (names.length === 0) return new Map<string, number>();
        const { topics } = await admin.metadata({ topics: names, forceUpdate: true });
        return new Map(
          names.map((name) => [name.slice(prefix.length), topics.get(name)?.partitionsCount ?? 0]),
        );
      }),
    createTopics: (topics: Parameters<KafkaClient['createTopics']>[0]) =>
      inTurn(async () => {
        for (const { topic, partitions, replicas, config } of topics) {
          const configs = Object.entries(config).map(([name, value]) => ({ name, value }));
          try {
            await admin.createTopics({ topics: [prefix + topic], partitions, replicas, configs });
          } catch (error) {
            if (!isApiError(error, 'TOPIC_ALREADY_EXISTS')) throw error;
          }
        }
        await untilLed(
          admin,
          topics.map(({ topic }) => prefix + topic),
        );
      }),
    groups: () =>
      inTurn(async () =>
        ownNames((await admin.listGroups()).keys()).map((name) => name.slice(prefix.length)),
      ),
    committed: (group: string, topics: readonly string[]) =>
      inTurn(() => readCommitted(admin, prefix, group, new Set(topics))),
    deleteBefore: async (positions: readonly Position[]) => {
      const topics = Map.groupBy(positions, ({ topic }) => topic);
      await inTurn(() =>
        admin.deleteRecords({
          topics: [...topics].map(([topic, partitions]) => ({ name: prefix + topic, partitions })),
        }),
      );
    },
    drop: (topics: readonly string[], groups: readonly string[]) =>
      inTurn(async () => {
        if (topics.length > 0) await admin.deleteTopics({ topics: topics.map((name) => prefix + name) });
        if (groups.length > 0) await admin.deleteGroups({ groups: groups.map((name) => prefix + name) });
      }),
  };
}

async function readCommitted(
  admin: Admin,
  prefix: string,
  group: string,
  wanted: ReadonlySet<string>,
): Promise<Position[]> {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [prefix + group] });
  return (found?.topics ?? []).flatMap(({ name, partitions }) => {
    const topic = name.slice(prefix.length);
    if (!wanted.has(topic)) return [];
    return partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => ({
        topic,
        partition: partitionIndex,
        offset: committedOffset,
      }));
  });
}

/** A new topic takes a moment until each of its partitions has a leader. */
async function untilLed(admin: Admin, names: string[]): Promise<void> {
  for (let waits = 0; waits < 50; waits += 1) {
    const { topics } = await admin.metadata({ topics: names, forceUpdate: true });
    const led = names.every((name) => topics.get(name)?.partitions.every(({ leader }) => leader >= 0));
    if (led) return;
    await sleep(100);
  }
}

const isApiError = (error: unknown, apiId: string): boolean =>
  error instanceof Error && findErrorBy(error, 'apiId', apiId) !== null;

/** Reads without a group: a consumer that never joins. One read at a time. */
function createReader(options: Options, prefix: string) {
  const consumer = new Consumer({ ...options, groupId: `${prefix}never-joined` });
  const inTurn = createTurns();

  async function fetchOnce(from: Position, forceUpdate: boolean) {
    const topic = prefix + from.topic;
    const metadata = await consumer.metadata({ topics: [topic], forceUpdate });
    const found = metadata.topics.get(topic);
    const response = await consumer.fetch({
      node: found?.partitions[from.partition]?.leader ?? -1,
      maxWaitTime: 200,
      maxBytes: limits.fetchBytes,
      topics: [
        {
          topicId: found?.id ?? '',
          partitions: [
            {
              partition: from.partition,
              fetchOffset: from.offset,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
              partitionMaxBytes: limits.fetchPartitionBytes,
            },
          ],
        },
      ],
    });
    const fetched = response.responses[0]?.partitions[0];
    return fetched === undefined ? undefined : toSlice(fetched, from);
  }

  async function read(from: Position, limit: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let { offset } = from;
    // The library asks for the metadata of all topics that it tracks; one that was removed would fail them all.
    consumer.topics.track(prefix + from.topic);
    try {
      while (records.length < limit) {
        const slice = await fetchOnce({ ...from, offset }, offset === from.offset);
        if (slice === undefined || slice.next === offset) break;
        for (const record of slice.records) records.push(record);
        offset = slice.next;
      }
    } finally {
      consumer.topics.untrack(prefix + from.topic);
    }
    return records.slice(0, limit);
  }

  return {
    read: (from: Position, limit: number) => inTurn(() => read(from, limit)),
    close: () => consumer.close(),
  };
}
