import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { processEnvironment } from '#platform/config';
import { cacheFolder, download, keepFolder } from './downloads.ts';
import { failure } from './failure.ts';
import { freePort } from './host.ts';
import { findJava } from './java.ts';
import pins from './pins.json' with { type: 'json' };
import type { Recipe } from './service.ts';

const mavenCentral = 'https://repo1.maven.org/maven2';

/** One Apache Kafka node, broker and controller in one (KRaft), tuned for a small machine. */
export function kafkaRecipe(
  folder: string,
  { port, reachedAt }: { port: number; reachedAt: number },
  say: (line: string) => void,
): Recipe {
  const home = path.join(folder, 'kafka');
  const properties = path.join(home, 'server.properties');
  return {
    name: 'kafka',
    url: `127.0.0.1:${port}`,
    port,
    mark: properties,
    stopSignal: 'SIGTERM',
    prepare: async () => {
      const classPath = await keepJars(say);
      const java = await findJava(say);
      mkdirSync(home, { recursive: true });
      writeFileSync(
        properties,
        settings(path.join(home, 'data'), { port, reachedAt, controllerPort: await freePort() }),
      );
      const logging = path.join(home, 'log4j2.properties');
      writeFileSync(logging, logSettings);
      const options = [`-Dlog4j2.configurationFile=${logging}`, '-cp', classPath];
      if (!existsSync(path.join(home, 'data/meta.properties'))) format(java, options, properties);
      const memory = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC'];
      return {
        title: `Apache Kafka ${pins.kafka.version}`,
        command: java,
        args: [...memory, ...options, 'kafka.Kafka', properties],
      };
    },
    isReady: () => answersApiVersions(port),
  };
}

async function keepJars(say: (line: string) => void): Promise<string> {
  const { kafka } = pins;
  const folder = path.join(cacheFolder(), `kafka-${kafka.version}`);
  const repository = processEnvironment()['SERVICES_MAVEN_URL'] ?? mavenCentral;
  await keepFolder(folder, async (draft) => {
    say(`downloading Apache Kafka ${kafka.version} (45 MB) from ${new URL(repository).host}`);
    const queue = [...kafka.jars];
    const workers = Array.from({ length: 6 }, async () => {
      for (let jar = queue.shift(); jar !== undefined; jar = queue.shift()) {
        const pin = { url: `${repository}/${jar.path}`, sha256: jar.sha256 };
        await download(pin, path.join(draft, path.basename(jar.path)), 'Apache Kafka');
      }
    });
    await Promise.all(workers);
  });
  return path.join(folder, '*');
}

function format(java: string, options: readonly string[], properties: string): void {
  const clusterId = randomBytes(16).toString('base64url');
  const args = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  const { status, stdout, stderr } = spawnSync(java, [...options, ...args], { encoding: 'utf8' });
  if (status === 0) return;
  throw failure('services.setup_failed', `Kafka's data folder could not be made:\n${stdout}${stderr}`);
}

/** Single node, so every replicated topic has one copy; topics are made on purpose, as on a production cluster. */
function settings(
  dataFolder: string,
  { port, reachedAt, controllerPort }: { port: number; reachedAt: number; controllerPort: number },
): string {
  const values = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${reachedAt}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.segment.bytes': 64 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const logSettings = `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`;

/** ApiVersions, version 0: the first thing every client asks. Answered as soon as the broker takes requests. */
function answersApiVersions(port: number): Promise<boolean> {
  const client = Buffer.from('ready');
  const request = Buffer.alloc(14 + client.length);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(client.length, 12);
  client.copy(request, 14);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 }, () => socket.write(request));
    const answer = (isReady: boolean) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
    socket.once('close', () => resolve(false));
  });
}
