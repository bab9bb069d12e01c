import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Log } from '#platform/log';
import type { Postgres, Signals, Tx } from '#platform/postgres';
import type { Outbox } from './index.ts';
import { checkRecords, packRecords } from './rows.ts';

export interface RelayedOutbox extends Outbox {
  /** Moves what is there; resolves when the outbox is empty. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxDeps {
  postgres: Postgres;
  partitions: number;
  /** Largest value that the log takes; the table's own limit when absent. */
  mostBytes?: number;
  /** Moves the oldest rows to the log; resolves with whether more may be waiting. */
  moveOnce: () => Promise<boolean>;
  log: Log;
  /** For rows that another process left behind. */
  pollMs: number;
  /** Whether this process moves rows; one that does not tells the others that there are some. */
  relay: boolean;
  signals: Signals | null;
}

const channel = 'outbox';
export const moveLimits = { records: 1000, bytes: 8 * 1024 * 1024 };

export function createOutbox(deps: OutboxDeps): RelayedOutbox {
  const { postgres, partitions, log } = deps;
  const state = { stopped: false, again: false };
  let moving: Promise<void> | undefined;

  async function moveAll(): Promise<void> {
    while (state.again && !state.stopped) {
      state.again = false;
      if (await deps.moveOnce()) state.again = true;
    }
  }

  function wake(): Promise<void> {
    state.again = true;
    moving ??= moveAll().finally(() => {
      moving = undefined;
    });
    return moving;
  }

  function wakeAndLog(): void {
    if (state.stopped) return;
    if (!deps.relay) return void deps.signals?.send(channel, '');
    // Whoever wakes a move under way is told of its failure too: one line for it is enough.
    const isFirst = moving === undefined;
    wake().catch((err: unknown) => {
      if (isFirst) log.warn({ err }, 'the outbox could not be moved; it will be tried again');
    });
  }

  const timer = deps.relay ? setInterval(wakeAndLog, deps.pollMs) : undefined;
  const stopListening = deps.relay ? deps.signals?.listen(channel, wakeAndLog) : undefined;
  if (deps.relay) wakeAndLog();

  return {
    add: async (tx, records) => {
      if (records.length === 0) return;
      checkRecords(records, deps.mostBytes);
      await insertRows(tx, packRecords(records, partitions));
      postgres.afterCommit(wakeAndLog);
    },
    drained: async () => {
      if (state.stopped) return;
      await (deps.relay ? wake() : untilEmpty(postgres));
    },
    stop: async () => {
      clearInterval(timer);
      stopListening?.();
      await (moving ?? Promise.resolve()).catch(() => {});
      state.stopped = true;
    },
  };
}

async function insertRows(
  tx: Tx,
  [partition, topic, key, headers, value]: ReturnType<typeof packRecords>,
): Promise<void> {
  await sql`insert into outbox (partition, topic, key, headers, value)
    select * from unnest(${partition}::int[], ${topic}::text[], ${key}::text[], ${headers}::text[],
      ${value}::bytea[])`.execute(tx);
}

/** Others move the rows. */
async function untilEmpty(postgres: Postgres): Promise<void> {
  for (;;) {
    const { rows } = await postgres.pool.query<{ waiting: boolean }>(
      'select exists (select 1 from outbox) as waiting',
    );
    if (rows[0]?.waiting !== true) return;
    await sleep(50);
  }
}
