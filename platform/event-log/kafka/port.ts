import type { Log } from '#platform/log';
import type { LogRecord } from '../index.ts';

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How a cluster is reached. */
export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learned from them. */
  brokers: readonly string[];
  clientId: string;
  /** Stands before every topic and group on the cluster, so that several installations can share it. */
  prefix: string;
  sasl?: { mechanism: (typeof saslMechanisms)[number]; username: string; password: string } | undefined;
  /** PEM texts. An empty object trusts the usual authorities. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface Position extends TopicPartition {
  offset: bigint;
}

export interface ProducedRecord extends TopicPartition {
  key: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  appendedAtMs: number;
}

export interface NewTopic {
  topic: string;
  partitions: number;
  /** Copies of each partition; -1: as the cluster is set. */
  replicas: number;
  config: Readonly<Record<string, string>>;
}

/** What a member of a group asks of its owner. */
export interface MemberHooks {
  /**
   * Records of one partition, in order. Resolves with how many of them were handled and committed; fewer than all
   * when the member has to let go of the partition.
   */
  deliver(records: readonly LogRecord[]): Promise<number>;
  /** The group is about to share its partitions anew: resolves when nothing is handled and all offsets are committed. */
  letGo(): Promise<void>;
}

export interface JoinOptions {
  group: string;
  /** No sharing: all partitions are read, and where to begin is asked of `startAt` each time. Nothing is committed. */
  alone: boolean;
  topics: readonly string[];
  /** By `partitionId`: where to begin in partitions that the group never committed; others begin at their first record. */
  startAt: ReadonlyMap<string, bigint>;
  hooks: MemberHooks;
}

/** A member of a consumer group. It tries again by itself whatever fails, until it leaves. */
export interface Member {
  /** Saves the offsets to go on from. */
  commit(positions: readonly Position[]): Promise<void>;
  /** Changes the topics; the group shares its partitions anew. */
  subscribe(topics: readonly string[]): Promise<void>;
  leave(): Promise<void>;
}

/**
 * What the engine needs of a Kafka library. Topics and groups are named without the prefix of the installation.
 * Failures are thrown as the library throws them.
 */
export interface KafkaClient {
  /** One request per broker, idempotent; resolves when all in-sync replicas have the records. One call at a time. */
  produce(records: readonly ProducedRecord[]): Promise<void>;
  /** Number of partitions by topic. */
  topics(): Promise<Map<string, number>>;
  /** Topics that exist already are left as they are. */
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** `earliest`, `latest` (one after the last), or the first record at or after a time (epoch ms). */
  offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest' | number): Promise<Position[]>;
  groups(): Promise<string[]>;
  /** Committed offsets of a group, for topics. */
  committed(group: string, topics: readonly string[]): Promise<Position[]>;
  /** Removes the records before each position. */
  deleteBefore(positions: readonly Position[]): Promise<void>;
  /** Removes topics and groups for good. For tests. */
  drop(topics: readonly string[], groups: readonly string[]): Promise<void>;
  /** Records from a position on, which must exist; at most `limit`. */
  read(from: Position, limit: number): Promise<LogRecord[]>;
  join(options: JoinOptions): Member;
  close(): Promise<void>;
}

export type OpenKafkaClient = (connection: KafkaConnection, log: Log) => KafkaClient;

export const partitionId = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** Waits and sizes that both libraries use. */
export const limits = {
  /** A member that is not heard of for so long is gone; others take over its partitions. */
  sessionTimeoutMs: 15_000,
  /** How long the members of a group have to finish their batches when partitions are shared anew. */
  rebalanceTimeoutMs: 60_000,
  heartbeatMs: 2000,
  /** For one request to produce. */
  produceTimeoutMs: 6000,
  /** Bytes of one partition in one fetch; a larger record still comes, alone. */
  fetchPartitionBytes: 2 * 1024 * 1024,
  fetchBytes: 16 * 1024 * 1024,
  firstRetryMs: 200,
  longestRetryMs: 10_000,
} as const;

export const retryAfterMs = (attempt: number) =>
  Math.min(limits.firstRetryMs * 2 ** (attempt - 1), limits.longestRetryMs);
