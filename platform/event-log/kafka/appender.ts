import type { Clock } from '#platform/clock';
import { createCallQueue, type AppendCall } from '../call-queue.ts';
import type { NewRecord } from '../index.ts';
import { partitionOf } from '../partition.ts';
import { toLogError } from './errors.ts';
import type { KafkaClient, ProducedRecord } from './port.ts';
import type { Topics } from './topics.ts';

export interface Appender {
  append(records: readonly NewRecord[]): Promise<void>;
  /** Resolves when nothing is waiting to be written. */
  drained(): Promise<void>;
}

export interface AppenderDeps {
  client: KafkaClient;
  topics: Topics;
  clock: Clock;
  /** Bytes of one produce request; a single larger record still goes, alone. */
  requestBytes: number;
}

/**
 * Group commit: while one request is on its way the next one gathers, so there is no waiting window, and one request
 * at a time keeps the order of every key whatever is tried again.
 */
export function createAppender(deps: AppenderDeps): Appender {
  const queue = createCallQueue({ records: 2000, bytes: deps.requestBytes });
  let pumping: Promise<void> | undefined;

  async function pump(): Promise<void> {
    while (!queue.isEmpty()) {
      // What is appended in this turn goes along.
      await Promise.resolve();
      await produceEach(deps, queue.takeCommit());
    }
    pumping = undefined;
  }

  return {
    append: (records) => {
      if (records.length === 0) return Promise.resolve();
      const done = queue.add(records);
      pumping ??= pump();
      return done;
    },
    drained: () => pumping ?? Promise.resolve(),
  };
}

/** Produces the calls together; if the cluster refuses them, one by one, so that one caller cannot fail the others. */
async function produceEach(deps: AppenderDeps, calls: readonly AppendCall[]): Promise<void> {
  try {
    await produce(deps, calls);
    for (const call of calls) call.resolve();
  } catch (caught) {
    const error = toLogError(caught);
    if (calls.length === 1 || error.kind === 'unavailable') {
      for (const call of calls) call.reject(error);
      return;
    }
    for (const call of calls) await produceEach(deps, [call]);
  }
}

async function produce(
  { client, topics, clock, requestBytes }: AppenderDeps,
  calls: readonly AppendCall[],
): Promise<void> {
  const appendedAtMs = clock.nowMs();
  const unknown = new Set<string>();
  for (const { records } of calls) {
    for (const { topic } of records) if (topics.partitionsOf(topic) === undefined) unknown.add(topic);
  }
  if (unknown.size > 0) await topics.ensure([...unknown]);
  let request: ProducedRecord[] = [];
  let bytes = 0;
  for (const { records } of calls) {
    for (const { topic, key, value, headers } of records) {
      if (request.length > 0 && bytes + value.length > requestBytes) {
        await client.produce(request);
        request = [];
        bytes = 0;
      }
      const partition = partitionOf(key, topics.partitionsOf(topic) ?? 1);
      request.push({ topic, partition, key, value, headers, appendedAtMs });
      bytes += value.length;
    }
  }
  await client.produce(request);
}
