import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Log } from '#platform/log';
import { createSleeper, type Sleeper } from '../sleeper.ts';
import { createAssigner } from './kafkajs-assigner.ts';
import { toRecord } from './kafkajs-records.ts';
import { limits, partitionId, retryAfterMs, type JoinOptions, type Member, type Position } from './port.ts';

export interface MemberDeps extends JoinOptions {
  kafka: Kafka;
  prefix: string;
  log: Log;
}

/** Partitions whose records may be handed over at once; the worker gathers them into batches. */
const concurrentPartitions = 1000;
/** The library fetches on the connection that commits and beats: a long wait would hold those up. */
const fetchWaitMs = 250;
const disconnectMs = 5000;

export function joinByKafkajs(deps: MemberDeps): Member {
  const { hooks } = deps;
  const log = deps.log.child({ consumerGroup: deps.group });
  const sleeper = createSleeper();
  let { topics } = deps;
  let session: Session | undefined;
  let turn = Promise.resolve();

  function hold(started: Session): void {
    session = started;
  }

  async function start(): Promise<void> {
    await startSession(deps, topics, { hold, restart, sleeper, log });
  }

  async function end(): Promise<void> {
    const old = session;
    await hooks.letGo();
    session = undefined;
    await old?.end();
  }

  /** One change at a time. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    turn = turn
      .then(change)
      .catch((err: unknown) => log.error({ err }, 'the membership in a group is in disorder'));
    return turn;
  }

  function restart(err: Error): void {
    if (sleeper.stopped()) return;
    log.warn({ err }, 'the membership in the group was lost; joining again');
    void inTurn(async () => {
      await end();
      await sleeper.through(retryAfterMs(1));
      await start();
    });
  }

  void inTurn(start);
  return {
    commit: async (positions) => {
      if (session === undefined) throw new Error('no membership to commit for');
      await session.commit(positions);
    },
    subscribe: (wanted) =>
      inTurn(async () => {
        topics = wanted;
        await end();
        await start();
      }),
    leave: () => {
      sleeper.stop();
      return inTurn(end);
    },
  };
}

type Session = ReturnType<typeof createSession>;

interface Starting {
  /** Told before anything is fetched: what is handled is committed by it. */
  hold: (session: Session) => void;
  restart: (error: Error) => void;
  sleeper: Sleeper;
  log: Log;
}

/** Tries until it succeeds or the member leaves. */
async function startSession(
  deps: MemberDeps,
  topics: readonly string[],
  { hold, restart, sleeper, log }: Starting,
): Promise<void> {
  for (let attempt = 1; !sleeper.stopped(); attempt += 1) {
    const session = createSession(deps, restart);
    hold(session);
    try {
      await session.start(topics);
      return;
    } catch (err) {
      log.warn({ err, attempt }, 'the group could not be joined; it will be tried again');
      await session.end();
      await sleeper.through(retryAfterMs(attempt));
    }
  }
}

function createConsumer({ kafka, prefix, group, alone }: MemberDeps): Consumer {
  return kafka.consumer({
    groupId: prefix + (alone ? `${group}-${randomUUID()}` : group),
    partitionAssigners: [createAssigner],
    sessionTimeout: limits.sessionTimeoutMs,
    rebalanceTimeout: limits.rebalanceTimeoutMs,
    heartbeatInterval: limits.heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    maxBytes: limits.fetchBytes,
    maxBytesPerPartition: limits.fetchPartitionBytes,
    allowAutoTopicCreation: false,
    // Restarting is ours: the handler has to be through first.
    retry: {
      initialRetryTime: 200,
      maxRetryTime: 3000,
      retries: 8,
      restartOnFailure: () => Promise.resolve(false),
    },
  });
}

/** One consumer of the library, from connecting to its end. */
function createSession(deps: MemberDeps, onCrash: (error: Error) => void) {
  const { prefix, alone, hooks, startAt } = deps;
  let ending = false;
  const consumer = createConsumer(deps);
  seekWhenJoined(consumer, { prefix, alone, startAt });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!ending) onCrash(payload.error);
  });

  async function eachBatch({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    if (ending) return;
    const topic = batch.topic.slice(prefix.length);
    const records = batch.messages.map((message) => toRecord(topic, batch.partition, message));
    // While the handler works nothing else beats. A rebalance is told by a beat that fails: the partition is let go,
    // and the library joins again once every batch has returned.
    const beating = setInterval(() => {
      heartbeat().catch(() => hooks.letGo());
    }, limits.heartbeatMs / 2);
    const handled = await hooks.deliver(records);
    clearInterval(beating);
    const last = records[handled - 1];
    if (last !== undefined) resolveOffset(String(last.offset));
  }

  return {
    start: async (topics: readonly string[]) => {
      await consumer.connect();
      await consumer.subscribe({ topics: topics.map((topic) => prefix + topic), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrentPartitions,
        eachBatch,
      });
    },
    commit: (positions: readonly Position[]) =>
      consumer.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({
          topic: prefix + topic,
          partition,
          offset: String(offset),
        })),
      ),
    end: async () => {
      ending = true;
      const disconnected = consumer.disconnect().catch(() => undefined);
      // Asked to stop in the moment in which a batch ends, the library waits for ever. It beats no more then, so the
      // group gives its partitions to others when the session has run out.
      await Promise.race([disconnected, sleep(disconnectMs, undefined, { ref: false })]);
    },
  };
}

/** Begins where it was asked to, in the partitions that it is given, before anything is fetched. */
function seekWhenJoined(
  consumer: Consumer,
  { prefix, alone, startAt }: Pick<MemberDeps, 'prefix' | 'alone' | 'startAt'>,
): void {
  let toSeek: Position[] = [];
  let joined = false;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Later joins go on where the group stands; a reader of its own commits nothing, so it always says.
    if (joined && !alone) return;
    joined = true;
    toSeek = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.flatMap((partition) => {
        const offset = startAt.get(partitionId({ topic: topic.slice(prefix.length), partition }));
        return offset === undefined ? [] : [{ topic, partition, offset }];
      }),
    );
  });
  consumer.on(consumer.events.FETCH_START, () => {
    if (toSeek.length === 0) return;
    const positions = toSeek.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: String(offset),
    }));
    toSeek = [];
    for (const position of positions) consumer.seek(position);
    // From now on the group stands there, whatever comes in between.
    if (!alone) consumer.commitOffsets(positions).catch(() => undefined);
  });
}
