import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureLive } from './live.ts';
import { chosenParts, tableOf, writeMetrics, type Metric, type PartResult } from './metrics.ts';
import { measureOverview } from './overview.ts';
import { measurePath } from './path.ts';
import { measurePixel } from './pixel.ts';
import { measureRuleSpeed } from './rules.ts';
import { measureStart } from './start.ts';
import { measureWarehouse } from './warehouse.ts';
import { measureWebhooks } from './webhook.ts';

const parts: Record<string, (options: { quick: boolean }) => PartResult | Promise<PartResult>> = {
  webhook: measureWebhooks,
  path: measurePath,
  pixel: measurePixel,
  overview: measureOverview,
  warehouse: measureWarehouse,
  live: measureLive,
  rules: measureRuleSpeed,
  start: measureStart,
};

const say = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function run(): Promise<void> {
  const metrics: Metric[] = [];
  for (const name of chosenParts(Object.keys(parts), values.only)) {
    say(`\n${name}  (load average ${loadavg()[0]?.toFixed(1)})`);
    const result = await parts[name]?.({ quick: values.quick });
    if (result === undefined) continue;
    metrics.push(...result.metrics);
    say(tableOf(result.metrics).trimEnd());
    for (const note of result.notes) say(`  ${note}`);
    // After each part, so that a long run that is cut short keeps what it has.
    if (values.json !== undefined) writeMetrics(values.json, metrics);
  }
  say(`\n${tableOf(metrics)}`);
  if (values.quick) say('A quick run: it shows that everything works, not how fast it is.');
}

if (values.help) {
  say(`npm run bench -- [--only ${Object.keys(parts).join(',')}] [--quick] [--json FILE]`);
} else {
  await run();
}
