import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clickHouseRecipe } from './clickhouse.ts';
import { failure } from './failure.ts';
import { freePort } from './host.ts';
import { kafkaRecipe } from './kafka.ts';
import { postgresFolder, postgresRecipe } from './postgres.ts';
import { createService, serviceNames, type Service, type ServiceName } from './service.ts';

export { serviceNames, type Service, type ServiceName } from './service.ts';

type Ports = Readonly<Record<ServiceName, number>>;

export type Services = Readonly<Record<ServiceName, Service>>;

export interface ServicesOptions {
  /** Data, logs and process numbers; made when missing, found again by a later start. */
  folder: string;
  /** Wished ports; 0 = any. A port that is taken is replaced by a free one. */
  ports?: Partial<Ports>;
  /** The port at which clients reach Kafka when something stands before it; a broker tells its clients where to go. */
  kafkaReachedAt?: number;
  /** Which to start; all when absent. The others can be started by `restart`. */
  only?: readonly ServiceName[];
  /** Takes a line per step. */
  say?: (line: string) => void;
}

const usualPorts: Ports = { kafka: 9092, postgres: 5432, clickhouse: 8123 };

/**
 * Kafka, Postgres with pgvector, and ClickHouse's engine as processes of their own; they answer when this resolves.
 * Those of this folder that run already are taken over. They outlive this process: `stop` them.
 * Errors: `services.unreachable` and `services.wrong_content` from downloads, `services.no_build_for_platform`,
 * `services.setup_failed`, `services.did_not_start`, `services.port_taken`.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { folder, say = () => {}, only = serviceNames } = options;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const ports = await choosePorts(folder, options.ports ?? {});
  const services = createServices(folder, ports, say, options.kafkaReachedAt);
  // All are waited for, also when one fails: whoever then removes the folder finds what runs.
  const started = await Promise.allSettled(only.map((name) => startOne(services[name], say)));
  for (const each of started) if (each.status === 'rejected') throw each.reason;
  return services;
}

/** The services of a folder as an earlier `startServices` left them. Throws `services.not_running` without one. */
export function findServices(folder: string, say: (line: string) => void): Services {
  const ports = readPorts(folder);
  if (ports === undefined) throw failure('services.not_running', `No services were started in ${folder}.`);
  return createServices(folder, ports, say);
}

/** Lets all of them finish and end. */
export async function stopServices(services: Services, say: (line: string) => void): Promise<void> {
  await Promise.all(
    Object.values(services).map(async (service) => {
      if (!(await service.isRunning())) return;
      await service.stop();
      say(`${service.name} stopped`);
    }),
  );
}

/** Stops the services of a folder and throws it away. */
export async function removeServices(folder: string, say: (line: string) => void): Promise<void> {
  await stopServices(findServices(folder, say), say);
  rmSync(postgresFolder(folder), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** For services that nobody needs afterwards. Open to the user Postgres runs as when we are root. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-services-'));
  chmodSync(folder, 0o755);
  return folder;
}

function createServices(
  folder: string,
  ports: Ports,
  say: (line: string) => void,
  kafkaReachedAt = ports.kafka,
): Services {
  return {
    kafka: createService(kafkaRecipe(folder, { port: ports.kafka, reachedAt: kafkaReachedAt }, say), folder),
    postgres: createService(postgresRecipe(folder, ports.postgres, say), folder),
    clickhouse: createService(clickHouseRecipe(folder, ports.clickhouse), folder),
  };
}

async function startOne(service: Service, say: (line: string) => void): Promise<void> {
  if (await service.isRunning()) {
    say(`${service.name} runs already: ${service.url}`);
    return;
  }
  const startedMs = performance.now();
  say(`${service.name} starts`);
  await service.restart();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  say(`${service.name} answers after ${seconds} s: ${service.url}`);
}

/** What the folder had before stays, so that whoever holds an address finds its service again. */
async function choosePorts(folder: string, wished: Partial<Ports>): Promise<Ports> {
  const before = readPorts(folder);
  const ports = { ...usualPorts, ...before, ...wished };
  if (before !== undefined && (await anyRuns(folder, before))) return before;
  const taken = new Set<number>();
  for (const name of serviceNames) {
    ports[name] = await freePort(ports[name]);
    while (taken.has(ports[name])) ports[name] = await freePort();
    taken.add(ports[name]);
  }
  writeFileSync(portsFile(folder), `${JSON.stringify(ports)}\n`);
  return ports;
}

async function anyRuns(folder: string, ports: Ports): Promise<boolean> {
  const services = Object.values(createServices(folder, ports, () => {}));
  return (await Promise.all(services.map((service) => service.isRunning()))).includes(true);
}

const portsFile = (folder: string) => path.join(folder, 'ports.json');

function readPorts(folder: string): Ports | undefined {
  try {
    return JSON.parse(readFileSync(portsFile(folder), 'utf8')) as Ports;
  } catch {
    return undefined;
  }
}
