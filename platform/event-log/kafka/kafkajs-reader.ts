import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { LogRecord } from '../index.ts';
import { toRecord } from './kafkajs-records.ts';
import { createAssigner } from './kafkajs-assigner.ts';
import { limits, type Position } from './port.ts';

/**
 * Reads from a position on. The library reads for groups only, so this joins one of its own, which commits nothing
 * and which the cluster forgets: slow where the cluster lets new groups wait (`group.initial.rebalance.delay.ms`).
 */
export async function readByKafkajs(
  kafka: Kafka,
  prefix: string,
  from: Position,
  limit: number,
): Promise<LogRecord[]> {
  const topic = prefix + from.topic;
  const consumer = kafka.consumer({
    groupId: `${prefix}read-${randomUUID()}`,
    partitionAssigners: [createAssigner],
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: limits.fetchPartitionBytes,
    retry: { retries: 3 },
  });
  const records: LogRecord[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: true,
          eachBatch: ({ batch }) => {
            if (batch.partition !== from.partition) return Promise.resolve();
            for (const message of batch.messages) {
              if (records.length < limit && BigInt(message.offset) >= from.offset) {
                records.push(toRecord(from.topic, from.partition, message));
              }
            }
            if (records.length >= limit || BigInt(batch.lastOffset()) + 1n >= BigInt(batch.highWatermark)) {
              resolve();
            }
            return Promise.resolve();
          },
        })
        .catch(reject);
      consumer.seek({ topic, partition: from.partition, offset: String(from.offset) });
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}
