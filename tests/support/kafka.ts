import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { processEnvironment } from '#platform/config';
import type { KafkaSettings } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { openPlatformaticClient } from '../../platform/event-log/kafka/platformatic.ts';

/** The cluster that the tests run on; absent: the log is kept in Postgres. */
export const testKafkaBrokers = (): string | undefined => processEnvironment()['TEST_KAFKA_BROKERS'];

/** How the broker is restarted: the command of `TEST_KAFKA_RESTART`. Absent: those tests are left out. */
export function restartKafka(): (() => Promise<void>) | undefined {
  const command = processEnvironment()['TEST_KAFKA_RESTART'];
  if (command === undefined) return undefined;
  return async () => {
    await promisify(exec)(command);
  };
}

/** Settings with a prefix that nobody else uses. Throws when `TEST_KAFKA_BROKERS` is absent. */
export function newKafkaSettings(client: KafkaSettings['client']): KafkaSettings {
  const brokers = testKafkaBrokers();
  if (brokers === undefined) {
    throw new Error('set TEST_KAFKA_BROKERS to the brokers of a Kafka cluster, e.g. 127.0.0.1:9092');
  }
  return {
    client,
    brokers: brokers.split(','),
    clientId: 'plumbline-tests',
    prefix: `test-${randomUUID()}.`,
    partitions: 6,
    replicas: -1,
    messageBytes: 8 * 1024 * 1024,
  };
}

/** Removes the topics and groups that a test left. */
export async function dropKafkaPrefix(settings: KafkaSettings): Promise<void> {
  const { tls: _, ...connection } = settings;
  const client = openPlatformaticClient(connection, createSilentLog());
  try {
    await client.drop([...(await client.topics()).keys()], await client.groups());
  } finally {
    await client.close();
  }
}
