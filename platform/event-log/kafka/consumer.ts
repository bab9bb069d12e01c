import type { Log } from '#platform/log';
import { retryAfterMs } from '../retrying.ts';
import type { BatchHandler, Consumer, ConsumerOptions } from '../index.ts';
import { createSleeper } from '../sleeper.ts';
import { createTopicFilter, type TopicFilter } from '../topic-filter.ts';
import { lagBehind, partitionsOf } from './lag.ts';
import { partitionId, type KafkaClient, type Member } from './port.ts';
import type { Topics } from './topics.ts';
import { createWorker } from './worker.ts';

export interface ConsumerDeps {
  client: KafkaClient;
  topics: Topics;
  log: Log;
}

export interface RunningConsumer extends Consumer {
  /** Looks whether topics came or went. */
  topicsChanged(): void;
  /** Resolves when everything that was handled is committed. */
  committed(): Promise<void>;
}

/** Changes of topics are gathered this long: each costs the group a rebalance. */
const gatherMs = 100;

/** One member of a group, or a reader on its own when every process reads all. */
export function startConsumer(
  deps: ConsumerDeps,
  options: ConsumerOptions,
  handler: BatchHandler,
): RunningConsumer {
  const { client, topics } = deps;
  const { group, maxBatch, everyProcess: alone = false } = options;
  const log = deps.log.child({ consumerGroup: group });
  const filter = createTopicFilter(options.topics);
  const sleeper = createSleeper();
  const startAt = new Map<string, bigint>();
  let member: Member | undefined;
  let subscribed = '';
  let changing: NodeJS.Timeout | undefined;

  const worker = createWorker({
    handler,
    maxBatch,
    onShared: options.onShared,
    log,
    commit: async (positions) => {
      if (!alone) return member?.commit(positions);
      for (const position of positions) startAt.set(partitionId(position), position.offset);
    },
  });

  async function follow(): Promise<void> {
    const matching = topics.matching(filter);
    // A topic that got more partitions is as good as new.
    const wanted = JSON.stringify(matching.map((topic) => [topic, topics.partitionsOf(topic)]));
    if (sleeper.stopped() || wanted === subscribed || matching.length === 0) return;
    subscribed = wanted;
    if (member !== undefined) return member.subscribe(matching);
    member = client.join({ group, alone, topics: matching, startAt, hooks: worker });
  }

  const ready = untilDone(() => findStart(deps, options, filter, startAt), sleeper, log).then(follow);
  let turn: Promise<void> = ready;
  turn.catch((err: unknown) => log.error({ err }, 'the consumer did not start'));

  function topicsChanged(): void {
    changing ??= setTimeout(() => {
      changing = undefined;
      turn = turn.then(follow).catch((err: unknown) => log.warn({ err }, 'new topics could not be joined'));
    }, gatherMs);
  }

  async function stop(): Promise<void> {
    sleeper.stop();
    clearTimeout(changing);
    await worker.stop();
    await turn.catch(() => undefined);
    await member?.leave();
  }

  let stopping: Promise<void> | undefined;
  return {
    stop: () => (stopping ??= stop()),
    lag: async () => {
      await ready;
      await worker.committed();
      return lagBehind(client, topics, { filter, group: alone ? null : group, startAt });
    },
    topicsChanged,
    committed: worker.committed,
  };
}

/** Makes the topics that are named, and notes where a reader that begins at the end begins. */
async function findStart(
  { client, topics }: ConsumerDeps,
  { group, from, everyProcess }: ConsumerOptions,
  filter: TopicFilter,
  startAt: Map<string, bigint>,
): Promise<void> {
  await topics.ensure(filter.exact);
  const matching = topics.matching(filter);
  if (everyProcess !== true) {
    if (from !== 'latest') return;
    if ((await client.committed(group, matching)).length > 0) return;
  }
  for (const position of await client.offsets(partitionsOf(topics, matching), 'latest')) {
    startAt.set(partitionId(position), position.offset);
  }
}

/** Tries until it succeeds or the consumer stops: the cluster may come up later than we do. */
async function untilDone(
  work: () => Promise<void>,
  sleeper: ReturnType<typeof createSleeper>,
  log: Log,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (err) {
      if (sleeper.stopped()) throw err;
      log.warn({ err, attempt }, 'a consumer group could not start; it will be tried again');
      await sleeper.through(Math.min(retryAfterMs(attempt), 5000));
    }
  }
}
