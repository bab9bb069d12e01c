import { Consumer, type ConsumerOptions, type GroupPartitionsAssigner } from '@platformatic/kafka';
import type { Log } from '#platform/log';
import { createSleeper, type Sleeper } from '../sleeper.ts';
import { commit, startPositions } from './platformatic-positions.ts';
import { toSlice } from './platformatic-records.ts';
import {
  limits,
  partitionId,
  retryAfterMs,
  type JoinOptions,
  type KafkaClient,
  type Member,
  type MemberHooks,
  type Position,
} from './port.ts';
import { byTopic, shareOut, shareOutName } from './share-out.ts';

export interface MemberDeps extends JoinOptions {
  options: Omit<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>, 'groupId'>;
  prefix: string;
  offsets: KafkaClient['offsets'];
  log: Log;
}

/** One membership: from joining until it is lost or left. */
interface Session {
  readonly consumer: Consumer;
  /** Fetches on connections of its own: a fetch that waits for records holds up everything behind it. */
  readonly fetcher: Consumer;
  /** The topics that the group was told of by this session. */
  topics: readonly string[];
  /** Changes whenever it must be decided anew what to read. */
  epoch: number;
  assigned: boolean;
  failure: Error | undefined;
}

const assignByNumber: GroupPartitionsAssigner = (_leader, members, _topics, metadata) => {
  const subscribers = [...members].map(([memberId, { topics }]) => ({ memberId, topics: new Set(topics) }));
  const shares = shareOut(subscribers, (topic) => metadata.topics.get(topic)?.partitionsCount ?? 0);
  return [...shares].map(([memberId, share]) => ({
    memberId,
    assignments: new Map([...byTopic(share)].map(([topic, partitions]) => [topic, { topic, partitions }])),
  }));
};

/** Longest wait of a fetch for records; a rebalance may have to wait for it. */
const fetchWaitMs = 500;

export function joinByPlatformatic(deps: MemberDeps): Member {
  const log = deps.log.child({ consumerGroup: deps.group });
  const sleeper = createSleeper();
  let topics = deps.topics;
  let session: Session | undefined;

  async function run(): Promise<void> {
    for (let attempt = 1; !sleeper.stopped(); attempt += 1) {
      const opened = openSession(deps, sleeper);
      session = opened;
      try {
        await tellTopics(deps, opened, topics);
        attempt = 0;
        // Topics may change while the group is shared anew: what it was told then is put right as soon as it is.
        await readWhileMember(deps, opened, { sleeper, log, wanted: () => topics });
      } catch (err) {
        const retryInMs = retryAfterMs(attempt + 1);
        if (!sleeper.stopped()) {
          log.warn({ err, attempt, retryInMs }, 'the membership in the group was lost; joining again');
          await sleeper.through(retryInMs);
        }
      } finally {
        await closeSession(deps, opened, log);
      }
    }
  }

  const running = run();
  return {
    commit: async (positions) => {
      if (session === undefined) throw new Error('no membership to commit for');
      await commit(session.consumer, deps.prefix, positions);
    },
    subscribe: (wanted) => {
      topics = wanted;
      if (session === undefined) return Promise.resolve();
      session.epoch += 1;
      sleeper.wake();
      return Promise.resolve();
    },
    leave: async () => {
      sleeper.stop();
      if (session !== undefined) {
        session.epoch += 1;
        // Cuts a waiting fetch short.
        await session.fetcher.close().catch(() => undefined);
      }
      await running;
    },
  };
}

function openSession({ options, prefix, group, hooks }: MemberDeps, sleeper: Sleeper): Session {
  const consumer = new Consumer({
    ...options,
    groupId: prefix + group,
    sessionTimeout: limits.sessionTimeoutMs,
    rebalanceTimeout: limits.rebalanceTimeoutMs,
    heartbeatInterval: limits.heartbeatMs,
    requestTimeout: limits.rebalanceTimeoutMs + 10_000,
    protocols: [{ name: shareOutName, version: 0 }],
    partitionAssigner: assignByNumber,
    // Asked for before every request to join: the place to finish what is being handled.
    protocolsMetadata: async () => {
      session.assigned = false;
      session.epoch += 1;
      await hooks.letGo();
      return Buffer.alloc(0);
    },
  });
  // Trying again is ours: where a partition is read has to be looked up anew.
  const fetcher = new Consumer({ ...options, groupId: prefix + group, retries: 1, retryDelay: 100 });
  const session: Session = { consumer, fetcher, topics: [], epoch: 0, assigned: false, failure: undefined };
  const change = (failure?: Error) => {
    session.failure ??= failure;
    session.epoch += 1;
    sleeper.wake();
  };
  consumer.on('consumer:group:join', () => {
    session.assigned = true;
    change();
  });
  consumer.on('consumer:heartbeat:stalled', () => change(new Error('no heartbeat got through')));
  for (const client of [consumer, fetcher]) client.on('error', change);
  return session;
}

async function closeSession({ hooks }: MemberDeps, session: Session, log: Log): Promise<void> {
  session.epoch += 1;
  await hooks.letGo();
  for (const client of [session.fetcher, session.consumer]) {
    try {
      await client.close(true);
    } catch (err) {
      log.warn({ err }, 'a connection to Kafka was not closed in order');
    }
  }
}

/** Joins the group for these topics, again when it has joined for others. */
async function tellTopics(
  { prefix, alone }: MemberDeps,
  session: Session,
  topics: readonly string[],
): Promise<void> {
  session.topics = topics;
  track(session, prefix, topics);
  session.assigned = alone;
  if (!alone) await session.consumer.joinGroup({});
}

function track({ consumer, fetcher }: Session, prefix: string, topics: readonly string[]): void {
  const wanted = new Set(topics.map((topic) => prefix + topic));
  for (const { topics: tracked } of [consumer, fetcher]) {
    for (const topic of tracked.keys()) if (!wanted.has(topic)) tracked.untrack(topic);
    for (const topic of wanted) if (!tracked.has(topic)) tracked.track(topic);
  }
}

interface Reading {
  readonly sleeper: Sleeper;
  readonly log: Log;
  /** The topics to read by now. */
  readonly wanted: () => readonly string[];
}

async function readWhileMember(
  deps: MemberDeps,
  session: Session,
  { sleeper, log, wanted }: Reading,
): Promise<void> {
  for (let failures = 0; !sleeper.stopped();) {
    if (session.failure !== undefined) throw session.failure;
    const { epoch } = session;
    if (!session.assigned) {
      await sleeper.untilWoken(limits.heartbeatMs);
      continue;
    }
    if (session.topics !== wanted()) {
      await tellTopics(deps, session, wanted());
      continue;
    }
    try {
      await readEpoch(deps, session, epoch);
      failures = 0;
      if (session.epoch === epoch) await sleeper.untilWoken(limits.heartbeatMs);
    } catch (err) {
      if (session.epoch !== epoch || sleeper.stopped()) continue;
      failures += 1;
      session.epoch += 1;
      session.fetcher.clearMetadata();
      log.warn({ err, attempt: failures }, 'partitions could not be read; it will be tried again');
      await sleeper.through(retryAfterMs(failures));
    }
  }
}

/** Reads what is assigned, a loop per broker, until the epoch is over or a broker fails. */
async function readEpoch(deps: MemberDeps, session: Session, epoch: number): Promise<void> {
  const positions = await startPositions(deps, session.consumer, session.fetcher);
  const { topics } = await session.fetcher.metadata({ topics: session.fetcher.topics.current });
  const leaderOf = ({ topic, partition }: Position) =>
    topics.get(deps.prefix + topic)?.partitions[partition]?.leader ?? -1;
  if (positions.some((position) => leaderOf(position) < 0)) throw new Error('a partition has no leader yet');
  const round: Round = {
    over: () => failed || session.epoch !== epoch,
    topicIds: new Map(positions.map(({ topic }) => [topic, topics.get(deps.prefix + topic)?.id ?? ''])),
  };
  let failed = false;
  const loops = [...Map.groupBy(positions, leaderOf)].map(async ([node, from]) => {
    const at = new Map(from.map((position) => [partitionId(position), position]));
    try {
      while (!round.over()) {
        if (!(await fetchAndDeliver(deps.hooks, session.fetcher, round, node, at))) return;
      }
    } finally {
      failed = true;
    }
  });
  for (const ended of await Promise.allSettled(loops)) if (ended.status === 'rejected') throw ended.reason;
}

interface Round {
  over: () => boolean;
  readonly topicIds: ReadonlyMap<string, string>;
}

/** @returns false when not all was handled: the member is letting go. */
async function fetchAndDeliver(
  hooks: MemberHooks,
  fetcher: Consumer,
  round: Round,
  node: number,
  at: Map<string, Position>,
): Promise<boolean> {
  const wanted = Map.groupBy(at.values(), ({ topic }) => round.topicIds.get(topic) ?? '');
  const response = await fetcher.fetch({
    node,
    maxWaitTime: fetchWaitMs,
    maxBytes: limits.fetchBytes,
    topics: [...wanted].map(([topicId, positions]) => ({
      topicId,
      partitions: positions.map(({ partition, offset }) => ({
        partition,
        fetchOffset: offset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: limits.fetchPartitionBytes,
      })),
    })),
  });
  if (round.over()) return false;
  const slices = response.responses.flatMap(({ topicId, partitions }) =>
    partitions.flatMap((fetched) => {
      const from = wanted.get(topicId)?.find(({ partition }) => partition === fetched.partitionIndex);
      return from === undefined ? [] : [{ from, ...toSlice(fetched, from) }];
    }),
  );
  const complete = await Promise.all(
    slices.map(async ({ from, records, next }) => {
      const handled = records.length === 0 ? 0 : await hooks.deliver(records);
      if (handled < records.length) return false;
      at.set(partitionId(from), { ...from, offset: next });
      return true;
    }),
  );
  return !complete.includes(false);
}
