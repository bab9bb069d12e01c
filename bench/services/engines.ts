import { rmSync } from 'node:fs';
import path from 'node:path';
import { readDemoState, type DemoState } from '#demo';
import {
  removeServices,
  startServices,
  temporaryFolder,
  type Services,
} from '../../scripts/services/index.ts';
import { freePort, startServer, type ServerProcess } from '../../tests/support/server-process.ts';

export type Role = 'web' | 'ingest' | 'worker';

/** Kafka, Postgres and ClickHouse's engine as servers of their own, a demo company on them, and our roles on demand. */
export interface Engines {
  readonly services: Services;
  readonly state: DemoState;
  /** Temporary files of a part. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly clickhouseUrl: string;
  readonly brokers: string;
  start(role: Role): Promise<ServerProcess & { readonly port: number }>;
  /** Ends the roles that still run, and the servers with their data. */
  close(): Promise<void>;
}

export interface EnginesInput {
  /** Of the demo company; null: no part needs one. */
  readonly people: number | null;
  readonly say: (line: string) => void;
}

const admitted = '100000000';

/** Starts everything on a folder that goes away. A whole application makes the company, with a past, and ends. */
export async function openEngines({ people, say }: EnginesInput): Promise<Engines> {
  const folder = temporaryFolder();
  const ports = { kafka: 0, postgres: 0, clickhouse: 0 };
  const home = path.join(folder, 'services');
  const data = path.join(folder, 'data');
  const services = await startServices({ folder: home, ports, say });
  const env = {
    AUTH_SECRET: 'a secret of the measurement, long enough to be one',
    AUTH_SECOND_FACTOR: 'asked',
    MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    KAFKA_BROKERS: services.kafka.url,
    DATABASE_URL: services.postgres.url,
    CLICKHOUSE_URL: services.clickhouse.url,
    WEBHOOK_RATE_PER_MINUTE: admitted,
    API_RATE_PER_MINUTE: admitted,
    SHUTDOWN_NOTICE_MS: '100',
  };
  const started: ServerProcess[] = [];
  const close = async () => {
    await Promise.all(started.filter((role) => role.isRunning()).map((role) => role.stop()));
    await removeServices(home, say);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (people !== null) {
      say('making the demo company on these engines');
      await makeCompany(data, people, env);
    }
    return {
      services,
      get state() {
        const state = readDemoState(data);
        if (state === undefined) throw new Error('no demo company was made');
        return state;
      },
      folder,
      databaseUrl: services.postgres.url,
      clickhouseUrl: services.clickhouse.url,
      brokers: services.kafka.url,
      start: async (role) => {
        const port = await freePort();
        const program = ['cli.ts', role, '--port', String(port), '--host', 'localhost'];
        const server = await startServer({ folder: data, port, env, program });
        started.push(server);
        return { ...server, port };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeCompany(folder: string, people: number, env: Record<string, string>): Promise<void> {
  const demo = {
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(people),
    PLUMBLINE_DEMO_HISTORY: 'true',
    PLUMBLINE_DEMO_RATE: '0',
  };
  const server = await startServer({
    folder,
    port: await freePort(),
    env: { ...env, ...demo },
    startTimeoutMs: 600_000,
  });
  await server.stop();
}
