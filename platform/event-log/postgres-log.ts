import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Signals } from '#platform/postgres';
import { createAppender } from './appender.ts';
import { createDirectOutbox, type DirectOutboxDeps } from './direct-outbox.ts';
import { createGroups } from './groups.ts';
import { countTopics, lagOf, trimLog } from './housekeeping.ts';
import type { EventLogWithOutbox, LogRecord } from './index.ts';
import { createOutbox, type RelayedOutbox } from './outbox.ts';
import { moveRowsToTable } from './outbox-move.ts';
import {
  countInTail,
  readFromTable,
  readFromTail,
  readHead,
  readPartition,
  type Found,
  type Wanted,
} from './reader.ts';
import { appendInTransaction, closed } from './refusals.ts';
import { createTail, type Tail } from './tail.ts';
import { createTopicFilter } from './topic-filter.ts';

export interface PostgresEventLogOptions {
  postgres: Postgres;
  clock: Clock;
  log: Log;
  /** Used when the log is new; later the number it was made with holds. 12 when absent. */
  partitions?: number;
  /** Longest time until records of other processes are seen; 250 ms when absent (embedded: 1 s). */
  pollMs?: number;
  /** Wakes the readers of other processes, and is woken by them; left out, they poll. */
  signals?: Signals;
  /** Whether this process moves to the log what another engine's outbox left behind. True when absent. */
  relay?: boolean;
  /** Names this process among others on the same server; a random name when absent. */
  processName?: string;
}

/** Opens the log on migrated tables (migrations 0002 and 0080). */
export async function openPostgresEventLog(options: PostgresEventLogOptions): Promise<EventLogWithOutbox> {
  const { postgres, clock, log, signals = null, processName = randomUUID() } = options;
  // A process of its own is woken for all that is written; its poll is for what a crash left behind.
  const pollMs = options.pollMs ?? (postgres.mode === 'embedded' ? 1000 : 250);
  const partitions = await readLayout(postgres, options.partitions ?? 12);
  const tail = createTail(await readHead(postgres.pool));
  let closing: Promise<void> | undefined;

  function onCommitted(first: number, records: readonly LogRecord[]): void {
    tail.publish(first, records);
    groups.wakeAll();
    others?.wake();
  }

  const groups = createGroups({
    postgres,
    log,
    partitions,
    pollMs,
    processName,
    signals,
    find: createFind(postgres, tail),
    // Where others write, or read for the group, the database alone knows.
    countBehind: (positions, filter) =>
      postgres.mode === 'embedded' ? countInTail(tail, positions, filter) : undefined,
  });
  const appender = createAppender({ pool: postgres.pool, clock, partitions, onCommitted });
  const others = signals && connectToOthers(signals, processName, groups.wakeAll);
  const writing = { postgres, clock, partitions, onCommitted };
  const leftovers = openLeftovers({ ...options, ...writing });
  const outbox = { ...createDirectOutbox(writing), drained: leftovers.drained };

  async function close(): Promise<void> {
    others?.stop();
    await groups.stop();
    await leftovers.stop();
    await appender.drained();
  }

  return {
    append: async (records) => {
      if (closing !== undefined) throw closed();
      if (postgres.inTransaction()) throw appendInTransaction();
      return appender.append(records);
    },
    consume: (consumerOptions, handler) => {
      if (closing !== undefined) throw closed();
      return groups.consume(consumerOptions, handler);
    },
    read: (topic, partition, fromOffset, limit) =>
      readPartition(postgres.pool, topic, partition, fromOffset, limit),
    topics: async () => (await countTopics(postgres)).map((count) => ({ ...count, partitions })),
    lag: async (reader) => {
      await groups.save();
      return lagOf(postgres, reader.group, createTopicFilter(reader.topics));
    },
    trim: async (beforeMs) => {
      await groups.save();
      return trimLog(postgres, beforeMs);
    },
    outbox,
    close: () => (closing ??= close()),
  };
}

const leftoversMs = 60_000;

/** What another engine's outbox holds after a change of engine. */
function openLeftovers(
  options: PostgresEventLogOptions & DirectOutboxDeps,
): Pick<RelayedOutbox, 'drained' | 'stop'> {
  const { postgres, partitions, log, signals = null, relay = true } = options;
  const moveOnce = () => moveRowsToTable(options);
  return createOutbox({ postgres, partitions, log, signals, relay, moveOnce, pollMs: leftoversMs });
}

const wakeChannel = 'event-log';
/** Wakes of other processes are gathered for this long after one was sent. */
const wakeEveryMs = 4;

/** The readers of other processes look at once when this one has written. */
function connectToOthers(signals: Signals, processName: string, wakeAll: () => void) {
  const stopListening = signals.listen(wakeChannel, (writer) => {
    if (writer !== processName) wakeAll();
  });
  let resting: NodeJS.Timeout | undefined;
  let again = false;

  function wake(): void {
    again = resting !== undefined;
    if (again) return;
    void signals.send(wakeChannel, processName);
    resting = setTimeout(() => {
      resting = undefined;
      if (again) wake();
    }, wakeEveryMs);
  }

  return {
    wake,
    stop: () => {
      stopListening();
      clearTimeout(resting);
    },
  };
}

/** Looks into memory first and reads the table to catch up. */
function createFind(postgres: Postgres, tail: Tail): (wanted: Wanted) => Promise<Found> {
  // In a process of its own nothing else is written: the tail knows the head.
  const alone = postgres.mode === 'embedded';
  return async (wanted) => {
    const inMemory = readFromTail(tail, wanted);
    if (inMemory !== undefined && (alone || inMemory.records.length > 0)) return inMemory;
    const head = alone ? tail.head() : await readHead(postgres.pool);
    if (head <= wanted.after) return { records: [], scannedTo: wanted.after };
    return readFromTable(postgres.pool, head, wanted);
  };
}

async function readLayout(postgres: Postgres, partitions: number): Promise<number> {
  return postgres.asSystem(async (tx) => {
    await sql`insert into event_log_layout (partitions) values (${partitions}) on conflict do nothing`.execute(
      tx,
    );
    const { rows } = await sql<{ partitions: number }>`select partitions from event_log_layout`.execute(tx);
    return rows[0]?.partitions ?? partitions;
  });
}
