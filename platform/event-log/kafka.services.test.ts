import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { dropKafkaPrefix, newKafkaSettings, restartKafka } from '../../tests/support/kafka.ts';
import { eventLogConformance } from './conformance.ts';
import { openKafkaLog, type EventLogWithOutbox } from './index.ts';

const log = createSilentLog();

describe.each(['platformatic', 'kafkajs'] as const)('Kafka by %s', (client) => {
  // Here, so that a cluster that is not named fails the file once.
  const settings = newKafkaSettings(client);
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestDatabase();
  });
  afterAll(() => postgres.close());

  eventLogConformance(() => {
    const kafka = { ...settings, prefix: `test-${randomUUID()}.` };
    let opened: EventLogWithOutbox | undefined;
    return Promise.resolve({
      open: async () =>
        (opened = await openKafkaLog({
          kafka,
          topics: [],
          postgres,
          clock: systemClock,
          log,
          refreshMs: 500,
        })),
      expire: async () => {
        await opened?.trim(systemClock.nowMs() + 1);
      },
      dispose: () => dropKafkaPrefix(kafka),
    });
  }, restartKafka());
});
