import path from 'node:path';
import { serviceNames, type ServiceName, type Services } from './index.ts';

/** What names a service to the tests; they make and drop databases and topics of their own in it. */
export const testVariables = {
  kafka: 'TEST_KAFKA_BROKERS',
  postgres: 'TEST_DATABASE_URL',
  clickhouse: 'TEST_CLICKHOUSE_URL',
} as const satisfies Record<ServiceName, string>;

const variables = {
  kafka: 'KAFKA_BROKERS',
  postgres: 'DATABASE_URL',
  clickhouse: 'CLICKHOUSE_URL',
} as const satisfies Record<ServiceName, string>;

/** Everybody can read it here: it signs the sessions of a development machine only. */
const developmentSecret = 'development-only-not-for-production';

/** What the application and the tests are given to run on those services that were started. */
export function servicesEnvironment(services: Services, folder: string): Record<string, string> {
  const started = serviceNames.filter((name) => services[name].pid !== null);
  const urls = started.flatMap((name) =>
    [variables[name], testVariables[name]].map((variable) => [variable, services[name].url]),
  );
  return {
    ...(Object.fromEntries(urls) as Record<string, string>),
    AUTH_SECRET: developmentSecret,
    MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    // The demo notes there what it put into the database: it goes with the database.
    PLUMBLINE_DATA: path.join(folder, 'app'),
  };
}
