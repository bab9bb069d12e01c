// `npm run bench:services`: the figures on servers of their own, beside peers. See docs/benchmarks.md.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureKafkaClients } from '../kafka-clients.ts';
import { chosenParts, tableOf, writeMetrics, type Metric, type PartResult } from '../metrics.ts';
import { measureApply } from './apply.ts';
import { openEngines, type Engines } from './engines.ts';
import { measureIngest } from './ingest.ts';
import { measureOverview } from './overview.ts';
import { measurePath } from './path.ts';
import { measureUpsert } from './upsert.ts';

export interface PartOptions {
  readonly quick: boolean;
  /** Of the sustained load. */
  readonly minutes: number;
  readonly say: (line: string) => void;
}

const parts: Record<string, (engines: Engines, options: PartOptions) => Promise<PartResult>> = {
  kafka: ({ brokers }, { quick }) => measureKafkaClients({ quick, brokers }),
  ingest: measureIngest,
  apply: measureApply,
  path: measurePath,
  upsert: measureUpsert,
  overview: measureOverview,
};

/** They send vendors' messages. */
const withCompany = new Set(['ingest', 'apply', 'path']);

const say = (text: string) => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

async function run(wanted: readonly string[]): Promise<void> {
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes expects a number above 0');
  const options = { quick: values.quick, minutes, say: (line: string) => say(`• ${line}`) };
  const metrics: Metric[] = [];
  const failed: string[] = [];
  const people = values.quick ? 300 : 500;
  const isNeeded = wanted.some((name) => withCompany.has(name));
  const engines = await openEngines({ people: isNeeded ? people : null, say: options.say });
  // The servers outlive whoever started them.
  const leave = () => void engines.close().finally(() => process.exit(1));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    for (const name of wanted) {
      say(`\n${name}  (load average ${loadavg()[0]?.toFixed(1)})`);
      try {
        const result = await parts[name]?.(engines, options);
        if (result === undefined) continue;
        metrics.push(...result.metrics);
        say(tableOf(result.metrics).trimEnd());
        for (const note of result.notes) say(`  ${note}`);
      } catch (error) {
        // The other parts are worth having all the same.
        failed.push(name);
        say(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (values.json !== undefined) writeMetrics(values.json, metrics);
    }
  } finally {
    await engines.close();
  }
  say(`\n${tableOf(metrics)}`);
  if (values.quick) say('A quick run: it shows that everything works, not how fast it is.');
  if (failed.length > 0) {
    say(`Not measured because they failed: ${failed.join(', ')}.`);
    process.exitCode = 1;
  }
}

if (values.help) {
  say(
    `npm run bench:services -- [--only ${Object.keys(parts).join(',')}] [--quick] [--minutes 10] [--json FILE]`,
  );
} else {
  await run(chosenParts(Object.keys(parts), values.only));
}
