import { InvalidArgumentError, type Command } from 'commander';
import { companyOf, createStream, endpointsOf, readDemoState, runSimulator, usualTrouble } from '#demo';
import { systemClock } from '#platform/clock';
import { loadEngineConfig, processEnvironment } from '#platform/config';
import { print } from './tools.ts';

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

interface Options {
  rate: number;
  seed: number;
  total?: number;
  run?: string;
  quiet?: boolean;
}

/** `plumbline simulate`. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Post vendor messages to the running demo, in the vendors’ own formats.')
    .option('--rate <n>', 'messages per second', positive, 5)
    .option('--seed <n>', 'the same seed and start tell the same stories', positive, 1)
    .option('--total <n>', 'stop after so many messages', positive)
    .option('--run <name>', 'part of every vendor id; the same name again repeats the same messages')
    .option('--quiet', 'print the totals only')
    .action(simulate);
}

async function simulate(options: Options): Promise<void> {
  const config = loadEngineConfig(processEnvironment(), 'tool');
  const state = readDemoState(config.data.folder);
  if (!state) throw new Error(`There is no demo in ${config.data.folder}. Run "npm start" first.`);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const stats = await runSimulator({
    stream: createStream({
      company: companyOf(state),
      seed: options.seed,
      run: options.run ?? `${systemClock.nowMs().toString(36)}s`,
      trouble: usualTrouble,
    }),
    endpoints: endpointsOf(state, config.http.origin),
    rate: () => options.rate,
    clock: systemClock,
    signal: stopping.signal,
    ...(options.total === undefined ? {} : { total: options.total }),
    onAnswer: (message, status) => {
      if (!options.quiet)
        print(`${status || 'no answer'}  ${message.about}${message.forged ? ' (forged)' : ''}`);
    },
  });
  print(`sent ${stats.sent}; answers by status: ${JSON.stringify(stats.answers)}`);
}
