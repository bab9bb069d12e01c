import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDemoState, type DemoState } from '#demo';
import { processEnvironment } from '#platform/config';
import {
  startServices,
  stopServices,
  type ServiceName,
  type Services,
} from '../../scripts/services/index.ts';
import { freePort, startServer } from '../support/server-process.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { startWays, type Ways } from './ways.ts';

export const roles = ['web', 'ingest', 'worker'] as const;
export type Role = (typeof roles)[number];

/** One process of the application. */
export interface RoleProcess {
  readonly role: Role;
  readonly name: string;
  readonly origin: string;
  kill9(): Promise<void>;
  /** SIGTERM; answers the exit code, null when it had to be killed. */
  stop(): Promise<number | null>;
  start(): Promise<void>;
  isRunning(): boolean;
}

/** Kafka, Postgres, ClickHouse, two processes of each role, and ways between them that can be cut. */
export interface Cluster {
  readonly state: DemoState;
  readonly services: Services;
  readonly ways: Ways;
  readonly processes: readonly RoleProcess[];
  /** ClickHouse's disk, where one could be made that may be filled. */
  readonly disk: SmallDisk | null;
  /** Direct addresses, past the ways: for whoever checks. */
  readonly direct: { readonly databaseUrl: string; readonly clickhouseUrl: string; readonly brokers: string };
  of(role: Role): readonly RoleProcess[];
  close(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../..');
const authSecret = 'a secret of the fault run, long enough to be one';
export const masterKeys = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const startTimeoutMs = 120_000;
const stopTimeoutMs = 60_000;

type Environment = Readonly<Record<string, string>>;

export interface ClusterInput {
  readonly folder: string;
  readonly people: number;
  readonly say: (line: string) => void;
}

export async function startCluster({ folder, people, say }: ClusterInput): Promise<Cluster> {
  const kafkaReachedAt = await freePort();
  const ports = { kafka: 0, postgres: 0, clickhouse: 0 };
  const home = path.join(folder, 'services');
  const disk = mountSmallDisk(path.join(home, 'clickhouse'));
  const services = await startServices({ folder: home, ports, kafkaReachedAt, say });
  const ways = startWays();
  const wayPorts = await openWays(ways, services, kafkaReachedAt);
  const data = path.join(folder, 'data');
  const environment = environmentOf(services, wayPorts);
  say('making the demo company on these engines');
  await provision(data, people, environment);
  const state = readDemoState(data);
  if (!state) throw new Error('no demo company was made');
  const logs = path.join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const processes: RoleProcess[] = [];
  for (const role of roles) {
    for (const number of [1, 2]) {
      processes.push(await createRoleProcess({ role, number, logs, data, environment }));
    }
  }
  await Promise.all(processes.map((one) => one.start()));
  say(`running: ${processes.map(({ name }) => name).join(', ')}`);
  return {
    state,
    services,
    ways,
    processes,
    disk,
    direct: {
      databaseUrl: services.postgres.url,
      clickhouseUrl: services.clickhouse.url,
      brokers: `127.0.0.1:${kafkaReachedAt}`,
    },
    of: (role) => processes.filter((one) => one.role === role),
    close: async () => {
      await Promise.all(processes.map((one) => one.stop()));
      ways.close();
      await stopServices(services, say);
      disk?.remove();
    },
  };
}

type WayPorts = Readonly<Record<ServiceName, number>>;

async function openWays(ways: Ways, services: Services, kafkaPort: number): Promise<WayPorts> {
  const ports = { kafka: kafkaPort, postgres: await freePort(), clickhouse: await freePort() };
  for (const name of ['kafka', 'postgres', 'clickhouse'] as const) {
    const { url } = services[name];
    await ways.open(name, ports[name], Number(new URL(url.includes('//') ? url : `tcp://${url}`).port));
  }
  return ports;
}

function environmentOf(services: Services, wayPorts: WayPorts): Environment {
  const through = (name: 'postgres' | 'clickhouse') => {
    const url = new URL(services[name].url);
    url.port = String(wayPorts[name]);
    return url.href;
  };
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    AUTH_SECRET: authSecret,
    AUTH_SECOND_FACTOR: 'asked',
    MASTER_KEYS: masterKeys,
    KAFKA_BROKERS: `127.0.0.1:${wayPorts.kafka}`,
    DATABASE_URL: through('postgres'),
    CLICKHOUSE_URL: through('clickhouse'),
    WEBHOOK_RATE_PER_MINUTE: '100000000',
    API_RATE_PER_MINUTE: '1000000',
    SHUTDOWN_NOTICE_MS: '500',
  };
}

/** The whole application once, to migrate the engines and make the company. */
async function provision(folder: string, people: number, environment: Environment): Promise<void> {
  const env = {
    ...environment,
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(people),
    PLUMBLINE_DEMO_HISTORY: 'false',
    PLUMBLINE_DEMO_RATE: '0',
  };
  const server = await startServer({ folder, port: await freePort(), env });
  await server.stop();
}

interface RoleInput {
  readonly role: Role;
  readonly number: number;
  readonly logs: string;
  readonly data: string;
  readonly environment: Environment;
}

async function createRoleProcess({ role, number, logs, data, environment }: RoleInput): Promise<RoleProcess> {
  const name = `${role}-${number}`;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const log = createWriteStream(path.join(logs, `${name}.log`), { flags: 'a' });
  let child: ChildProcess | undefined;
  let gone: Promise<number | null> = Promise.resolve(null);
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    if (isRunning()) return;
    const started = spawn(process.execPath, ['cli.ts', role, '--port', String(port), '--host', 'localhost'], {
      cwd: root,
      env: { ...processEnvironment(), ...environment, PLUMBLINE_DATA: data, ORIGIN: origin },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    child = started;
    gone = new Promise((resolve) => {
      started.once('exit', (code) => resolve(code));
    });
    const deadline = performance.now() + startTimeoutMs;
    while (!(await answers(`${origin}/health/live`))) {
      if (!isRunning()) throw new Error(`${name} ended at its start; see ${logs}/${name}.log`);
      if (performance.now() > deadline) throw new Error(`${name} did not start; see ${logs}/${name}.log`);
      await sleep(100);
    }
  }

  return {
    role,
    name,
    origin,
    start,
    isRunning,
    kill9: async () => {
      child?.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      if (!isRunning()) return null;
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), stopTimeoutMs);
      const code = await gone;
      clearTimeout(late);
      return code;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
