import type { Log } from '#platform/log';
import type { Postgres, Signals } from '#platform/postgres';
import { startConsumer, type RunningConsumer } from './consumer.ts';
import { createGroup, type Group } from './group.ts';
import { lagAfter, lagOf } from './housekeeping.ts';
import type { BatchHandler, Consumer, ConsumerOptions } from './index.ts';
import { createOffsetCommits, type OffsetCommits } from './offsets.ts';
import { ownAll, ownByLease, ownForProcess, type Ownership } from './ownership.ts';
import { readHead, type Found, type Wanted } from './reader.ts';
import { topicsDiffer } from './refusals.ts';
import { createSleeper, type Sleeper } from './sleeper.ts';
import { createTopicFilter, type TopicFilter } from './topic-filter.ts';

/** All consumer groups of this process. */
export interface Groups {
  consume(options: ConsumerOptions, handler: BatchHandler): Consumer;
  wakeAll(): void;
  /** Saves how far all groups are. */
  save(): Promise<void>;
  /** Stops all consumers and saves their offsets. */
  stop(): Promise<void>;
}

export interface GroupsDeps {
  postgres: Postgres;
  log: Log;
  partitions: number;
  pollMs: number;
  processName: string;
  signals: Signals | null;
  find: (wanted: Wanted) => Promise<Found>;
  /** Records after these positions by partition, where this process can tell without asking the database. */
  countBehind: (positions: ReadonlyMap<number, number>, filter: TopicFilter) => number | undefined;
}

interface OpenGroup {
  group: Group;
  filter: TopicFilter;
  ownership: Promise<Ownership>;
  consumers: Set<RunningConsumer>;
  /** Who wants to know that the processes have shared the partitions anew. */
  onShared: Set<() => void>;
}

export function createGroups(deps: GroupsDeps): Groups {
  const { log, pollMs } = deps;
  const offsets = createOffsetCommits(deps.postgres.pool, deps.processName, log);
  const groups = new Map<string, OpenGroup>();
  const starting = createSleeper();

  function open(options: ConsumerOptions): OpenGroup {
    const { group: name, topics } = options;
    const found = groups.get(name);
    if (found !== undefined) {
      if (found.group.topics.join() !== topics.join()) throw topicsDiffer(name);
      return found;
    }
    const opened = openGroup(deps, options, offsets, starting);
    groups.set(name, opened);
    return opened;
  }

  async function stopConsumer(opened: OpenGroup, running: RunningConsumer): Promise<void> {
    await running.stop();
    opened.group.saveAll();
    await offsets
      .flush()
      .catch((err: unknown) => log.warn({ err }, 'offsets were not saved; records come again'));
    if (!opened.consumers.delete(running) || opened.consumers.size > 0) return;
    groups.delete(opened.group.name);
    await giveUp(opened, log);
  }

  async function save(): Promise<void> {
    for (const { group } of groups.values()) group.saveAll();
    await offsets.flush();
  }

  function consume(options: ConsumerOptions, handler: BatchHandler): Consumer {
    const opened = open(options);
    if (options.onShared) opened.onShared.add(options.onShared);
    const ready = opened.ownership.then(() => {});
    const running = startConsumer({
      group: opened.group,
      maxBatch: options.maxBatch,
      handler,
      log,
      pollMs,
      ready,
    });
    opened.consumers.add(running);
    return {
      stop: () => stopConsumer(opened, running),
      lag: () => lagIn(deps, opened, options.everyProcess ?? false, save),
    };
  }

  return {
    consume,
    save,
    wakeAll: () => {
      for (const { group } of groups.values()) group.wakeAll();
    },
    stop: async () => {
      starting.stop();
      await Promise.all(everyConsumer(groups).map(([opened, running]) => stopConsumer(opened, running)));
    },
  };
}

function openGroup(
  deps: GroupsDeps,
  { group: name, topics, from = 'earliest', everyProcess = false }: ConsumerOptions,
  offsets: OffsetCommits,
  starting: Sleeper,
): OpenGroup {
  const filter = createTopicFilter(topics);
  const onShared = new Set<() => void>();
  const save = everyProcess ? () => {} : offsets.note;
  const group = createGroup({
    name,
    topics,
    filter,
    find: deps.find,
    save,
    onShared: () => onShared.forEach((tell) => tell()),
  });
  const begin = everyProcess ? 'with this process' : from;
  const ownership = startOwnership(deps, group, begin, offsets, starting);
  return { group, filter, ownership, consumers: new Set(), onShared };
}

async function lagIn(
  { postgres, countBehind }: GroupsDeps,
  { group, filter, ownership }: OpenGroup,
  everyProcess: boolean,
  save: () => Promise<void>,
): Promise<number> {
  await ownership;
  const inMemory = countBehind(group.positions(), filter);
  if (inMemory !== undefined) return inMemory;
  if (everyProcess) return lagAfter(postgres, group.position(), filter);
  await save();
  return lagOf(postgres, group.name, filter);
}

async function giveUp({ ownership }: OpenGroup, log: Log): Promise<void> {
  try {
    await (await ownership).stop();
  } catch (err) {
    log.warn({ err }, 'partitions were not given up; their lease runs out');
  }
}

function everyConsumer(groups: ReadonlyMap<string, OpenGroup>): [OpenGroup, RunningConsumer][] {
  return [...groups.values()].flatMap((opened) =>
    [...opened.consumers].map((running): [OpenGroup, RunningConsumer] => [opened, running]),
  );
}

/** Tries until it succeeds or the log closes: the database may come up later than we do. */
async function startOwnership(
  deps: GroupsDeps,
  group: Group,
  begin: 'earliest' | 'latest' | 'with this process',
  offsets: OffsetCommits,
  sleeper: Sleeper,
): Promise<Ownership> {
  const share = deps.postgres.mode === 'embedded' ? ownAll : ownByLease;
  const own = begin === 'with this process' ? ownForProcess : share;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const startAt = begin === 'earliest' ? 0 : await readHead(deps.postgres.pool);
      return await own({ ...deps, group, startAt, saveOffsets: offsets.flush });
    } catch (err) {
      if (sleeper.stopped()) throw err;
      deps.log.warn(
        { err, attempt, consumerGroup: group.name },
        'a consumer group could not start; it will be tried again',
      );
      await sleeper.through(Math.min(100 * 2 ** attempt, 5000));
    }
  }
}
