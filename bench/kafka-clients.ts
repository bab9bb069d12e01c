import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '#platform/config';
import type { ClientRound, RoundSettings } from './kafka-client-process.ts';
import { metric, percentile, tableOf, type PartResult } from './metrics.ts';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, 'kafka-client-process.ts');
const libraries = ['kafkajs', 'platformatic'] as const;
type Library = (typeof libraries)[number];

async function oneRound(settings: RoundSettings): Promise<ClientRound> {
  const { stdout } = await run(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', program, JSON.stringify(settings)],
    {
      timeout: 180_000,
    },
  );
  return JSON.parse(stdout) as ClientRound;
}

const median = (values: readonly number[]) => percentile(values, 50);
const shown = (value: number) => value.toFixed(value < 10 ? 2 : 1);

/**
 * CPU of the two Kafka libraries for the same messages, acks=all, against the cluster of `TEST_KAFKA_BROKERS` (or
 * `KAFKA_BROKERS`). Rounds alternate, each in a new process; ratios are taken per round and their median is told.
 */
export async function measureKafkaClients(options: {
  readonly quick: boolean;
  /** Instead of those of the environment. */
  readonly brokers?: string;
}): Promise<PartResult> {
  const { quick } = options;
  const env = processEnvironment();
  const brokers = (options.brokers ?? env['TEST_KAFKA_BROKERS'] ?? env['KAFKA_BROKERS'])?.split(',');
  if (brokers === undefined) throw new Error('set TEST_KAFKA_BROKERS to the brokers of a Kafka cluster');
  const rounds = quick ? 1 : 5;
  const perRequests = quick ? [100] : [50, 500];
  const notes: string[] = [];
  const ratios: number[] = [];
  for (const perRequest of perRequests) {
    const seen: Record<Library, ClientRound[]> = { kafkajs: [], platformatic: [] };
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? libraries : libraries.toReversed();
      for (const library of order) {
        const prefix = `bench-${randomUUID()}.`;
        const messages = quick ? 20_000 : 50_000;
        seen[library].push(await oneRound({ library, brokers, prefix, messages, perRequest, idleMs: 1500 }));
      }
    }
    requireEqual(seen);
    const perRound = ratiosOf(seen);
    ratios.push(...perRound.both);
    notes.push(...describe(perRequest, seen, perRound));
  }
  return { metrics: [metric('kafka.client_cpu_ratio', median(ratios))], notes };
}

function requireEqual(seen: Record<Library, readonly ClientRound[]>): void {
  const digests = new Set(libraries.flatMap((library) => seen[library].map(({ digest }) => digest)));
  if (digests.size !== 1) throw new Error('the libraries did not deliver the same messages');
}

function ratiosOf(seen: Record<Library, readonly ClientRound[]>) {
  const ratio = (of: (round: ClientRound) => number) =>
    seen.kafkajs.map((round, at) => {
      const other = seen.platformatic[at];
      return other === undefined ? 1 : of(round) / of(other);
    });
  return {
    produce: ratio(({ produceUs }) => produceUs),
    consume: ratio(({ consumeUs }) => consumeUs),
    both: ratio(({ produceUs, consumeUs }) => produceUs + consumeUs),
  };
}

function describe(
  perRequest: number,
  seen: Record<Library, readonly ClientRound[]>,
  ratios: ReturnType<typeof ratiosOf>,
): string[] {
  const ofEach = (of: (round: ClientRound) => number) =>
    libraries.map((library) => `${library} ${shown(median(seen[library].map(of)))}`).join(', ');
  const perCpuSecond = (of: (round: ClientRound) => number) =>
    libraries
      .map((library) => `${library} ${Math.round(1e6 / median(seen[library].map(of))).toLocaleString('en')}`)
      .join(', ');
  return [
    `${perRequest} messages per request: CPU of kafkajs ÷ @platformatic/kafka ${shown(median(ratios.produce))} to produce, ${shown(median(ratios.consume))} to consume, ${shown(median(ratios.both))} both.`,
    `  Messages per CPU second: produce ${perCpuSecond(({ produceUs }) => produceUs)}; consume ${perCpuSecond(({ consumeUs }) => consumeUs)}.`,
    `  Produce p50 ms: ${ofEach(({ produceP50Ms }) => produceP50Ms)}; p99 ms: ${ofEach(({ produceP99Ms }) => produceP99Ms)}. Idle CPU ms per s: ${ofEach(({ idleMsPerS }) => idleMsPerS)}.`,
  ];
}

if (import.meta.main) {
  const { metrics, notes } = await measureKafkaClients({ quick: process.argv.includes('--quick') });
  process.stdout.write(`${tableOf(metrics)}${notes.join('\n')}\n`);
}
