import type { Services } from './index.ts';

/** What the application and the tests are given to run on the services; see README.md. */
export function servicesEnvironment(services: Services): Record<string, string> {
  const { kafka, postgres, clickhouse } = services;
  return {
    KAFKA_BROKERS: kafka.url,
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouse.url,
    ...testEnvironment(services),
  };
}

/** The tests make and drop databases and topics of their own. */
export function testEnvironment({ kafka, postgres, clickhouse }: Services): Record<string, string> {
  return {
    TEST_KAFKA_BROKERS: kafka.url,
    TEST_DATABASE_URL: postgres.url,
    TEST_CLICKHOUSE_URL: clickhouse.url,
  };
}
