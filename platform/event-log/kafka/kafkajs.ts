import { setTimeout as sleep } from 'node:timers/promises';
import {
  Kafka,
  logLevel,
  type Admin,
  type KafkaConfig,
  type KafkaJSError,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import type { Log } from '#platform/log';
import { joinByKafkajs } from './kafkajs-member.ts';
import { readByKafkajs } from './kafkajs-reader.ts';
import { asBuffer } from './bytes.ts';
import {
  limits,
  type KafkaClient,
  type KafkaConnection,
  type Position,
  type ProducedRecord,
  type TopicPartition,
} from './port.ts';
import { byTopic } from './share-out.ts';

const mostAsks = 5;
/** Long enough for leaders to move; then the caller hears of it. */
const retry = { initialRetryTime: 200, maxRetryTime: 3000, retries: 6 };

function configOf({ brokers, clientId, sasl, tls }: KafkaConnection, log: Log): KafkaConfig {
  return {
    clientId,
    brokers: [...brokers],
    retry,
    connectionTimeout: 5000,
    requestTimeout: limits.produceTimeoutMs,
    logLevel: logLevel.ERROR,
    logCreator: () => (entry) =>
      log.warn({ reason: entry.log.message }, 'the Kafka library reports an error'),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
  };
}

/** By its own mark: Node cannot import the class by name from this CommonJS library. */
const isRetriable = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && (error as KafkaJSError).retriable;

/** The client on kafkajs. */
export function openKafkajsClient(connection: KafkaConnection, log: Log): KafkaClient {
  const { prefix } = connection;
  const kafka = new Kafka(configOf(connection, log));
  const producer = createProducing(kafka, prefix);
  const admin = createConnected(async () => {
    const made = kafka.admin();
    await made.connect();
    return made;
  });
  const ask: Ask = async (question) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await question(await admin.get());
      } catch (error) {
        if (attempt === mostAsks || !isRetriable(error)) throw error;
        // It may be asking a broker that leads no more: a new connection begins with looking up who does.
        admin.giveUp();
        await sleep(100 * attempt);
      }
    }
  };

  return {
    produce: producer.produce,
    ...administration(ask, prefix),
    ...positions(ask, prefix),
    read: (from, limit) => readByKafkajs(kafka, prefix, from, limit),
    join: (join) => joinByKafkajs({ ...join, kafka, prefix, log }),
    close: async () => {
      await Promise.all([producer.close(), admin.close()]);
    },
  };
}

interface Closable {
  disconnect(): Promise<void>;
}

/** Connects when first asked; forgets a connection that failed or was given up. */
function createConnected<C extends Closable>(connect: () => Promise<C>) {
  let made: Promise<C> | undefined;
  return {
    get: () => {
      made ??= connect().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    giveUp: () => {
      const old = made;
      made = undefined;
      old?.then((client) => client.disconnect()).catch(() => undefined);
    },
    close: async () => {
      await made?.then((client) => client.disconnect()).catch(() => undefined);
    },
  };
}

function toMessage({ partition, key, value, headers, appendedAtMs }: ProducedRecord) {
  return { partition, key, value: asBuffer(value), headers, timestamp: String(appendedAtMs) };
}

function createProducing(kafka: Kafka, prefix: string) {
  const connected = createConnected<Producer>(async () => {
    const made = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry,
    });
    await made.connect();
    return made;
  });

  return {
    produce: async (records: readonly ProducedRecord[]) => {
      const producer = await connected.get();
      const topics = Map.groupBy(records, ({ topic }) => topic);
      const topicMessages = [...topics].map(([topic, messages]) => ({
        topic: prefix + topic,
        messages: messages.map(toMessage),
      }));
      try {
        await producer.sendBatch({ acks: -1, topicMessages });
      } catch (error) {
        // It does not know any more which numbers the broker has seen: the next one begins anew.
        connected.giveUp();
        throw error;
      }
    },
    close: connected.close,
  };
}

type Ask = <R>(question: (admin: Admin) => Promise<R>) => Promise<R>;

function administration(
  ask: Ask,
  prefix: string,
): Pick<KafkaClient, 'topics' | 'createTopics' | 'groups' | 'deleteBefore' | 'drop'> {
  const isOwn = (name: string) => name.startsWith(prefix) && !name.startsWith('__');
  return {
    topics: async () => {
      const names = (await ask((admin) => admin.listTopics())).filter(isOwn);
      if (names.length === 0) return new Map();
      const { topics } = await ask((admin) => admin.fetchTopicMetadata({ topics: names }));
      return new Map(topics.map(({ name, partitions }) => [name.slice(prefix.length), partitions.length]));
    },
    createTopics: async (topics) => {
      await ask((admin) =>
        admin.createTopics({
          waitForLeaders: true,
          topics: topics.map(({ topic, partitions, replicas, config }) => ({
            topic: prefix + topic,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
          })),
        }),
      );
    },
    groups: async () => {
      const { groups } = await ask((admin) => admin.listGroups());
      return groups
        .filter(({ groupId }) => isOwn(groupId))
        .map(({ groupId }) => groupId.slice(prefix.length));
    },
    deleteBefore: async (before) => {
      for (const [topic, partitions] of Map.groupBy(before, ({ topic: name }) => name)) {
        await ask((admin) =>
          admin.deleteTopicRecords({
            topic: prefix + topic,
            partitions: partitions.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
          }),
        );
      }
    },
    drop: async (topics, groups) => {
      if (topics.length > 0)
        await ask((admin) => admin.deleteTopics({ topics: topics.map((name) => prefix + name) }));
      if (groups.length > 0) await ask((admin) => admin.deleteGroups(groups.map((name) => prefix + name)));
    },
  };
}

function positions(ask: Ask, prefix: string): Pick<KafkaClient, 'offsets' | 'committed'> {
  async function ofTopic(topic: string, at: 'earliest' | 'latest' | number) {
    if (typeof at === 'number') {
      return ask((admin) => admin.fetchTopicOffsetsByTimestamp(prefix + topic, at));
    }
    const found = await ask((admin) => admin.fetchTopicOffsets(prefix + topic));
    return found.map(({ partition, low, high }) => ({ partition, offset: at === 'earliest' ? low : high }));
  }

  return {
    offsets: async (partitions: readonly TopicPartition[], at) => {
      const found = [...byTopic(partitions)].map(async ([topic, numbers]): Promise<Position[]> => {
        const wanted = new Set(numbers);
        return (await ofTopic(topic, at))
          .filter(({ partition }) => wanted.has(partition))
          .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }));
      });
      return (await Promise.all(found)).flat();
    },
    committed: async (group, topics) => {
      if (topics.length === 0) return [];
      const found = await ask((admin) =>
        admin.fetchOffsets({ groupId: prefix + group, topics: topics.map((name) => prefix + name) }),
      );
      return found.flatMap(({ topic, partitions }) =>
        partitions
          .map(({ partition, offset }) => ({
            topic: topic.slice(prefix.length),
            partition,
            offset: BigInt(offset),
          }))
          .filter(({ offset }) => offset >= 0n),
      );
    },
  };
}
