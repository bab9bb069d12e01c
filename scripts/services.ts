// `npm run services`: Kafka, Postgres and ClickHouse's engine on this machine, without containers.
// See scripts/services/README.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PlumblineError } from '#platform/errors';
import { servicesEnvironment } from './services/environment.ts';
import { until } from './services/host.ts';
import {
  findServices,
  removeServices,
  serviceNames,
  startServices,
  stopServices,
  temporaryFolder,
  type ServiceName,
  type Services,
  type ServicesOptions,
} from './services/index.ts';

const usualFolder = path.resolve(import.meta.dirname, '../.plumbline/services');
const say = (line: string) => process.stderr.write(`• ${line}\n`);

interface Options {
  folder: string;
  temporary?: boolean;
  detach?: boolean;
  only?: ServiceName[];
  kafkaPort?: number;
  postgresPort?: number;
  clickhousePort?: number;
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError('expected a port, or 0 for any');
}

function serviceName(text: string): ServiceName {
  const name = serviceNames.find((each) => each === text);
  if (name === undefined) throw new InvalidArgumentError(`expected ${serviceNames.join(', ')}`);
  return name;
}

const program = new Command('npm run services --')
  .description('Starts Kafka, Postgres with pgvector and ClickHouse’s engine; Ctrl-C stops them.')
  .option('--folder <path>', 'data, logs and process numbers', usualFolder);

program
  .command('start', { isDefault: true })
  .description('start all that do not run, print their environment, stop them at Ctrl-C')
  .option('--temporary', 'data in a temporary folder, removed at the end')
  .addOption(new Option('--detach', 'end at once and leave them running').conflicts('temporary'))
  .addOption(
    new Option('--only <names...>', 'start these only').argParser(
      (text: string, all: ServiceName[] | undefined) => [...(all ?? []), serviceName(text)],
    ),
  )
  .option('--kafka-port <n>', '9092 when free', port)
  .option('--postgres-port <n>', '5432 when free', port)
  .option('--clickhouse-port <n>', '8123 when free', port)
  .action(async (_options, command: Command) => start(command.optsWithGlobals<Options>()));

program
  .command('stop')
  .description('stop all')
  .action(async (_options, command: Command) => stopServices(find(command), say));

program
  .command('remove')
  .description('stop all and throw their data away')
  .action(async (_options, command: Command) => removeServices(folderOf(command), say));

program
  .command('env')
  .description('print the environment as shell lines: eval "$(npm run -s services -- env)"')
  .action((_options, command: Command) => {
    process.stdout.write(exportLines(find(command), folderOf(command)));
  });

program
  .command('status')
  .description('which run, and where')
  .action(async (_options, command: Command) => {
    for (const service of Object.values(find(command))) {
      const state = (await service.isRunning()) ? `runs as process ${service.pid}` : 'does not run';
      process.stdout.write(`${service.name}: ${state}, ${service.url}\n`);
    }
  });

const deeds = {
  restart: 'start it again on its data and port',
  kill: 'end it as a power cut would',
  pause: 'hold it still: connections stay open, nothing answers',
  resume: 'end the pause',
} as const;
for (const [deed, description] of Object.entries(deeds) as [keyof typeof deeds, string][]) {
  program
    .command(deed)
    .description(description)
    .argument('<service>', serviceNames.join(', '), serviceName)
    .action(async (name: ServiceName, _options, command: Command) => {
      await find(command)[name][deed]();
      say(`${name}: ${deed} done`);
    });
}

const folderOf = (command: Command) => path.resolve(command.optsWithGlobals<Options>().folder);
const find = (command: Command) => findServices(folderOf(command), say);

async function start(options: Options): Promise<void> {
  const folder = options.temporary === true ? temporaryFolder() : path.resolve(options.folder);
  const services = await startServices({ folder, say, ...wishes(options) });
  const lines = Object.entries(servicesEnvironment(services, folder)).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  writeFileSync(path.join(folder, 'services.env'), lines.join(''));
  process.stdout.write(exportLines(services, folder));
  if (options.detach === true) return;
  say('Ctrl-C stops them');
  await watchUntilSignal(services);
  if (options.temporary === true) await removeServices(folder, say);
  else await stopServices(services, say);
}

function wishes({ only, kafkaPort, postgresPort, clickhousePort }: Options): Partial<ServicesOptions> {
  const ports = {
    ...(kafkaPort === undefined ? {} : { kafka: kafkaPort }),
    ...(postgresPort === undefined ? {} : { postgres: postgresPort }),
    ...(clickhousePort === undefined ? {} : { clickhouse: clickhousePort }),
  };
  return only === undefined ? { ports } : { ports, only };
}

function exportLines(services: Services, folder: string): string {
  return Object.entries(servicesEnvironment(services, folder))
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}

/** Says when one ends unasked; resolves at Ctrl-C or SIGTERM. */
async function watchUntilSignal(services: Services): Promise<void> {
  let isAsked = false;
  const ask = () => {
    isAsked = true;
  };
  process.once('SIGINT', ask).once('SIGTERM', ask);
  const up = new Set<ServiceName>();
  while (!(await until(() => isAsked, 2000))) {
    for (const service of Object.values(services)) {
      if (await service.isRunning()) up.add(service.name);
      else if (up.delete(service.name)) {
        say(`${service.name} ended; \`npm run services -- restart ${service.name}\` starts it again`);
      }
    }
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof PlumblineError)) throw error;
  process.stderr.write(`${error.detail}\n`);
  process.exitCode = 1;
}
