import { randomBytes, randomUUID } from 'node:crypto';
import { dropClickHouseDatabase, newDatabaseName, testClickHouseUrl } from './clickhouse.ts';
import { dropKafkaPrefix, newKafkaSettings, testKafkaBrokers } from './kafka.ts';
import { createServerDatabase, testServerUrl } from './server-database.ts';

/** The engines of one application under test. */
export interface AppEngines {
  /** Settings of the application; none when its engines are embedded. */
  readonly env: Readonly<Record<string, string>>;
  /** After the application ended. */
  drop(): Promise<void>;
}

/**
 * Databases of its own on the servers that `TEST_…` name; embedded engines where none is named. `table` keeps the event log
 * in Postgres whatever is named.
 */
export async function openAppEngines(log: 'as named' | 'table' = 'as named'): Promise<AppEngines> {
  const env: Record<string, string> = {};
  const drops: (() => Promise<void>)[] = [];
  if (testServerUrl() !== undefined) {
    const database = await createServerDatabase();
    const masterKeys = randomBytes(32).toString('base64');
    Object.assign(env, { DATABASE_URL: database.url, AUTH_SECRET: randomUUID(), MASTER_KEYS: masterKeys });
    drops.push(() => database.drop());
  }
  const url = testClickHouseUrl();
  if (url !== undefined) {
    const database = newDatabaseName();
    Object.assign(env, { CLICKHOUSE_URL: url, CLICKHOUSE_DATABASE: database });
    drops.push(() => dropClickHouseDatabase(url, database));
  }
  const brokers = log === 'table' ? undefined : testKafkaBrokers();
  if (brokers !== undefined) {
    const settings = newKafkaSettings('platformatic');
    Object.assign(env, { KAFKA_BROKERS: brokers, KAFKA_PREFIX: settings.prefix });
    drops.push(() => dropKafkaPrefix(settings));
  }
  return {
    env,
    drop: async () => {
      for (const drop of drops) await drop();
    },
  };
}
