import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Signals, Tx } from '#platform/postgres';
import { writerLock } from './appender.ts';
import type { LogRecord, Outbox } from './index.ts';
import { checkRecords, logColumns, packRecords, toLogRecord, type LogRow } from './rows.ts';

export interface RelayedOutbox extends Outbox {
  /** Moves what is there; resolves when the outbox is empty. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxDeps {
  postgres: Postgres;
  clock: Clock;
  partitions: number;
  onCommitted(first: number, records: readonly LogRecord[]): void;
  log: Log;
  /** For rows that another process left behind. */
  pollMs: number;
  /** Whether this process moves rows; one that does not tells the others that there are some. */
  relay: boolean;
  signals: Signals | null;
}

const channel = 'outbox';
const moveLimits = { records: 1000, bytes: 8 * 1024 * 1024 };

/**
 * One statement takes the oldest rows and appends them: on this log the move is one commit, so nothing is relayed
 * twice. The writer lock is asked for before any row is locked (the condition is constant, so it is tested first):
 * the other way round two relays could wait for each other.
 */
const moveRows = `
  with taken as (
    delete from outbox where (select ${writerLock}) is not null and id <= (
      select max(id) from (
        select id, sum(octet_length(value)) over (order by id) - octet_length(value) as bytes_before
        from (select id, value from outbox order by id limit ${moveLimits.records}) oldest) measured
      where bytes_before < ${moveLimits.bytes})
    returning id, partition, topic, key, headers, value)
  insert into event_log (position, appended_at_ms, partition, topic, key, headers, value)
  select nextval('event_log_position'), $1::bigint, partition, topic, key, headers, value
  from (select * from taken order by id) ordered
  returning ${logColumns}`;

export function createOutbox(deps: OutboxDeps): RelayedOutbox {
  const { postgres, partitions, log } = deps;
  const state = { stopped: false, again: false };
  let moving: Promise<void> | undefined;

  /** @returns whether more may be waiting: what was taken filled a limit. */
  async function moveOnce(): Promise<boolean> {
    const { rows } = await postgres.pool.query<LogRow>({
      name: 'outbox_move',
      text: moveRows,
      values: [deps.clock.nowMs()],
    });
    const records = rows.map(toLogRecord);
    const first = records[0];
    if (first !== undefined) deps.onCommitted(Number(first.offset), records);
    const bytes = records.reduce((sum, record) => sum + record.value.length, 0);
    return records.length >= moveLimits.records || bytes >= moveLimits.bytes;
  }

  async function moveAll(): Promise<void> {
    while (state.again && !state.stopped) {
      state.again = false;
      if (await moveOnce()) state.again = true;
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
    wake().catch((err: unknown) =>
      log.warn({ err }, 'the outbox could not be moved; it will be tried again'),
    );
  }

  const timer = deps.relay ? setInterval(wakeAndLog, deps.pollMs) : undefined;
  const stopListening = deps.relay ? deps.signals?.listen(channel, wakeAndLog) : undefined;
  if (deps.relay) wakeAndLog();

  return {
    add: async (tx, records) => {
      if (records.length === 0) return;
      checkRecords(records);
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
