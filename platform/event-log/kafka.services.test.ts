import { afterAll, beforeAll, describe } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { dropKafkaPrefix, newKafkaSettings } from '../../tests/support/kafka.ts';
import { newKafkaHome } from './conformance-kafka.ts';
import { eventLogConformance } from './conformance.ts';

describe.each(['platformatic', 'kafkajs'] as const)('Kafka by %s', (client) => {
  // Here, so that a cluster that is not named fails the file once.
  newKafkaSettings(client);
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestDatabase();
  });
  afterAll(() => postgres.close());

  eventLogConformance(() =>
    Promise.resolve(newKafkaHome(newKafkaSettings(client), postgres, dropKafkaPrefix)),
  );
});
