import type { Tx } from '#platform/postgres';

/** A record to append. Records with the same key keep their order (same partition). */
export interface NewRecord {
  topic: string;
  key: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

export interface LogRecord extends NewRecord {
  partition: number;
  /** Rising within (topic, partition). */
  offset: bigint;
  appendedAtMs: number;
}

export interface ConsumerOptions {
  /** Members of a group share partitions; each group sees every record. */
  group: string;
  /** Exact topic names, or a prefix ending in `*` (`compliance.*`). */
  topics: readonly string[];
  /** Most records handed over at once; they can span partitions. Order within a partition holds. */
  maxBatch: number;
  /** A group that never committed starts here. */
  from?: 'earliest' | 'latest';
  /**
   * Each process is a group of its own: every process sees every record, from the newest at its start on. Nothing is
   * saved, and nothing stays behind when the process ends. `from` means nothing then.
   */
  everyProcess?: boolean;
  /**
   * Called when the processes of the group have shared its partitions anew, before records of the new share come. What a
   * handler remembers of a partition may be out of date then: another process can have handled it in between.
   */
  onShared?: () => void;
}

/**
 * Called with one batch. Offsets are committed after it resolves; if it throws, the same records come again after a
 * back-off (at-least-once), so effects must be idempotent.
 */
export type BatchHandler = (records: readonly LogRecord[], signal: AbortSignal) => Promise<void>;

export interface Consumer {
  /** Stops taking batches, waits for the running one, commits. */
  stop(): Promise<void>;
  /** Records appended but not yet committed by this group. */
  lag(): Promise<number>;
}

/** The event log: Kafka, or a Postgres table that behaves like it. One conformance suite for both. */
export interface EventLog {
  /** Resolves when the records are durable. Records of one call are appended together. */
  append(records: readonly NewRecord[]): Promise<void>;
  consume(options: ConsumerOptions, handler: BatchHandler): Consumer;
  /** Reads without a group, for replay and screens. */
  read(topic: string, partition: number, fromOffset: bigint, limit: number): Promise<LogRecord[]>;
  topics(): Promise<{ topic: string; partitions: number; records: number }[]>;
  /** Records that a group has yet to handle, for who does not belong to it: from the positions that its readers saved. */
  lag(reader: Pick<ConsumerOptions, 'group' | 'topics'>): Promise<number>;
  close(): Promise<void>;
}

/**
 * Puts records beside a change, in its transaction: they are in the log once it has committed (Kafka: a relay moves them
 * there, in order per key, at least once). Call it last in a transaction: other writers of the log wait until the end.
 */
export interface Outbox {
  add(tx: Tx, records: readonly NewRecord[]): Promise<void>;
}

/** The event log of an application process: with the outbox whose relay it runs. */
export interface EventLogWithOutbox extends EventLog {
  readonly outbox: Outbox & {
    /** Resolves when everything committed to the outbox is in the log. */
    drained(): Promise<void>;
  };
  /** Removes records older than `beforeMs` (epoch ms) that every group has handled; returns how many. */
  trim(beforeMs: number): Promise<number>;
}

/** The same, where only the table engine will do. */
export type PostgresEventLog = EventLogWithOutbox;

export { openPostgresEventLog } from './postgres-log.ts';
export { openKafkaLog, type KafkaSettings } from './kafka/kafka-log.ts';
export type { TopicRule } from './kafka/topics.ts';
export { partitionOf } from './partition.ts';
export { endOfTable, removeFromTable, type KeptRecord } from './removal.ts';
export { observeEventLog } from './observed.ts';
export { countOutbox } from './waiting.ts';
