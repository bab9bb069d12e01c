import type { ServiceName, Services } from './index.ts';

/** What names a service to the tests; they make and drop databases and topics of their own in it. */
export const testVariables = {
  kafka: 'TEST_KAFKA_BROKERS',
  postgres: 'TEST_DATABASE_URL',
  clickhouse: 'TEST_CLICKHOUSE_URL',
} as const satisfies Record<ServiceName, string>;

/** Everybody can read it here: it signs the sessions of a development machine only. */
const developmentSecret = 'development-only-not-for-production';

/** What the application and the tests are given to run on the services. */
export function servicesEnvironment({ kafka, postgres, clickhouse }: Services): Record<string, string> {
  return {
    KAFKA_BROKERS: kafka.url,
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouse.url,
    AUTH_SECRET: developmentSecret,
    [testVariables.kafka]: kafka.url,
    [testVariables.postgres]: postgres.url,
    [testVariables.clickhouse]: clickhouse.url,
  };
}
