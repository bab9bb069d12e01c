import { readFileSync } from 'node:fs';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Signals } from '#platform/postgres';
import type { BatchHandler, Consumer, ConsumerOptions, EventLogWithOutbox, LogRecord } from '../index.ts';
import { createOutbox } from '../outbox.ts';
import { appendInTransaction, closed, topicsDiffer } from '../refusals.ts';
import { checkRecords } from '../rows.ts';
import { createAppender } from './appender.ts';
import { startConsumer, type ConsumerDeps, type RunningConsumer } from './consumer.ts';
import { toLogError } from './errors.ts';
import { byPartition, lagBehind, partitionsOf, trimTopics } from './lag.ts';
import { openKafkajsClient } from './kafkajs.ts';
import { openPlatformaticClient } from './platformatic.ts';
import { partitionId, type KafkaClient, type KafkaConnection, type OpenKafkaClient } from './port.ts';
import { publishRows } from './relay.ts';
import { createTopics, type TopicRule, type Topics } from './topics.ts';
import { createTopicFilter } from '../topic-filter.ts';

/** Settings of the cluster and of the topics on it. */
export interface KafkaSettings extends Omit<KafkaConnection, 'tls'> {
  client: 'kafkajs' | 'platformatic';
  /** Paths of PEM files. */
  tls?:
    { caFile?: string | undefined; certFile?: string | undefined; keyFile?: string | undefined } | undefined;
  /** For topics that this process makes. */
  partitions: number;
  /** -1: as the cluster is set. */
  replicas: number;
  /** Largest message that topics take, with key and headers. */
  messageBytes: number;
}

export interface KafkaLogOptions {
  kafka: KafkaSettings;
  /** How topics are made; see `TopicRule`. */
  topics: readonly TopicRule[];
  /** Holds the outbox. */
  postgres: Postgres;
  clock: Clock;
  log: Log;
  /** Wakes the process that moves the outbox. */
  signals?: Signals;
  /** Whether this process moves the outbox to the log; true when absent. */
  relay?: boolean;
  /** Longest time until topics made by other processes are seen; 3 s when absent. */
  refreshMs?: number;
}

const clients: Record<KafkaSettings['client'], OpenKafkaClient> = {
  platformatic: openPlatformaticClient,
  kafkajs: openKafkajsClient,
};

/** Room for the frame of a record and of its batch. */
const overheadBytes = 16 * 1024;
const outboxPollMs = 250;

const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));

function readPem({ tls, ...settings }: KafkaSettings): KafkaConnection {
  return {
    ...settings,
    tls: tls && { ca: read(tls.caFile), cert: read(tls.certFile), key: read(tls.keyFile) },
  };
}

/** Opens the log on a Kafka cluster. Throws `event_log.unreachable` when no broker answers. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLogWithOutbox> {
  const { kafka, postgres, clock, log } = options;
  const client = clients[kafka.client](readPem(kafka), log);
  const recordBytes = kafka.messageBytes - overheadBytes;
  const topics = createTopics(client, { ...kafka, rules: options.topics, maxBytes: kafka.messageBytes });
  try {
    await topics.refresh();
    await topics.ensure(options.topics.map(({ topic }) => topic).filter((topic) => !topic.endsWith('*')));
  } catch (error) {
    await client.close().catch(() => undefined);
    throw toLogError(error);
  }
  const appender = createAppender({ client, topics, clock, requestBytes: kafka.messageBytes / 2 });
  const consumers = createConsumers({ client, topics, log });
  const stopWatching = watchTopics(topics, options.refreshMs ?? 3000, log);
  const outbox = createOutbox({
    postgres,
    partitions: kafka.partitions,
    mostBytes: recordBytes,
    moveOnce: () => publishRows(postgres, appender.append),
    log,
    pollMs: outboxPollMs,
    signals: options.signals ?? null,
    relay: options.relay ?? true,
  });
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    stopWatching();
    await consumers.stop();
    await outbox.stop();
    await appender.drained();
    await client.close();
  }

  return {
    append: async (records) => {
      if (closing !== undefined) throw closed();
      if (postgres.inTransaction()) throw appendInTransaction();
      checkRecords(records, recordBytes);
      return appender.append(records);
    },
    consume: (consumerOptions, handler) => {
      if (closing !== undefined) throw closed();
      return consumers.consume(consumerOptions, handler);
    },
    ...inspection(client, topics),
    trim: async (beforeMs) => {
      await consumers.committed();
      return trimTopics(client, topics, beforeMs);
    },
    outbox,
    close: () => (closing ??= close()),
  };
}

/** Looks for topics that others made. @returns how to stop. */
function watchTopics(topics: Topics, everyMs: number, log: Log): () => void {
  let looking = false;
  const watch = setInterval(() => {
    if (looking) return;
    looking = true;
    topics
      .refresh()
      .catch((err: unknown) => log.warn({ err }, 'topics could not be listed'))
      .finally(() => {
        looking = false;
      });
  }, everyMs);
  return () => clearInterval(watch);
}

/** Reading without a group. */
function inspection(client: KafkaClient, topics: Topics) {
  return {
    read: async (
      topic: string,
      partition: number,
      fromOffset: bigint,
      limit: number,
    ): Promise<LogRecord[]> => {
      if (topics.partitionsOf(topic) === undefined) await topics.refresh();
      if (partition >= (topics.partitionsOf(topic) ?? 0)) return [];
      const [first] = await client.offsets([{ topic, partition }], 'earliest');
      const [end] = await client.offsets([{ topic, partition }], 'latest');
      const oldest = first?.offset ?? 0n;
      const offset = fromOffset > oldest ? fromOffset : oldest;
      if (limit <= 0 || offset >= (end?.offset ?? 0n)) return [];
      return client.read({ topic, partition, offset }, limit);
    },
    lag: ({ group, topics: names }: Pick<ConsumerOptions, 'group' | 'topics'>) =>
      lagBehind(client, topics, { group, filter: createTopicFilter(names), startAt: new Map() }),
    topics: async () => {
      await topics.refresh();
      const partitions = partitionsOf(topics, topics.names());
      const first = byPartition(await client.offsets(partitions, 'earliest'));
      const end = byPartition(await client.offsets(partitions, 'latest'));
      const records = new Map<string, number>();
      for (const partition of partitions) {
        const id = partitionId(partition);
        const held = Number((end.get(id) ?? 0n) - (first.get(id) ?? 0n));
        records.set(partition.topic, (records.get(partition.topic) ?? 0) + held);
      }
      return topics.names().map((topic) => ({
        topic,
        partitions: topics.partitionsOf(topic) ?? 0,
        records: records.get(topic) ?? 0,
      }));
    },
  };
}

function createConsumers(deps: ConsumerDeps) {
  const running = new Set<RunningConsumer>();
  const topicsOf = new Map<string, { topics: string; members: number }>();
  deps.topics.onChange(() => {
    for (const consumer of running) consumer.topicsChanged();
  });

  function consume(options: ConsumerOptions, handler: BatchHandler): Consumer {
    const known = topicsOf.get(options.group) ?? { topics: options.topics.join(), members: 0 };
    if (known.topics !== options.topics.join()) throw topicsDiffer(options.group);
    const consumer = startConsumer(deps, options, handler);
    known.members += 1;
    topicsOf.set(options.group, known);
    running.add(consumer);
    return {
      stop: async () => {
        await consumer.stop();
        if (!running.delete(consumer)) return;
        known.members -= 1;
        if (known.members === 0) topicsOf.delete(options.group);
      },
      lag: consumer.lag,
    };
  }

  return {
    consume,
    committed: async () => {
      await Promise.all([...running].map((consumer) => consumer.committed()));
    },
    stop: async () => {
      await Promise.all([...running].map((consumer) => consumer.stop()));
    },
  };
}
