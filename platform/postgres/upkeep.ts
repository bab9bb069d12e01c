import type { Pool } from 'pg';
import type { Log } from '#platform/log';

/** What a server's background processes do, for an engine that has none. */
export interface Upkeep {
  /** Stops the timer, waits for a running round and checkpoints a last time. */
  stop(): Promise<void>;
}

interface UpkeepOptions {
  pool: Pool;
  log: Log;
  /** Between rounds; 10 s when absent. */
  everyMs?: number;
}

/** A round in which less WAL than this was written is quiet; less than this since a checkpoint needs no new one. */
const quietBytes = 1_000_000;
/** So much WAL since the last checkpoint is checkpointed in a busy round too: recovery reads all of it, and nothing else ends it. */
const mostWalBytes = 256_000_000;
/** Vacuum without waiting for a quiet round every this many rounds. */
const busyRounds = 6;

const walSinceCheckpoint = `
  select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`;

interface DirtyTable {
  table: string;
}

/** Autovacuum's own thresholds (base 50, scale 0.1 to 0.2) raised a little: each run stops everybody else. */
const dirtyTables = `
  select format('%I.%I', s.schemaname, s.relname) as table
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
  where s.n_dead_tup > 500 + 0.2 * greatest(c.reltuples, 0)
     or s.n_mod_since_analyze > 500 + 0.2 * greatest(c.reltuples, 0)
     or s.n_ins_since_vacuum > 20000 + 0.2 * greatest(c.reltuples, 0)
  order by s.n_dead_tup desc
  limit 20`;

/**
 * Tables that the planner has never seen with rows in it: it takes them for tiny and reads them whole. After the first
 * import of people that made each message a hundred times dearer, so these do not wait for a quiet round.
 */
const unknownTables = `
  select format('%I.%I', s.schemaname, s.relname) as table
  from pg_stat_user_tables s
  where s.last_analyze is null and s.last_autoanalyze is null and s.n_mod_since_analyze > 200
  order by s.n_mod_since_analyze desc
  limit 20`;

/**
 * Vacuums and analyses tables that changed, one checkout each, and checkpoints when quiet. Under load it
 * checkpoints by the amount of WAL only: a checkpoint every few seconds doubles the slowest answers.
 */
export function startUpkeep({ pool, log, everyMs = 10_000 }: UpkeepOptions): Upkeep {
  let round = 0;
  let seenAt = 0;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function each(query: string, command: string): Promise<void> {
    const { rows } = await pool.query<DirtyTable>(query);
    for (const { table } of rows) {
      if (stopped) return;
      await pool.query(`${command} ${table}`);
      log.debug({ table }, command);
    }
  }

  /** Bytes of WAL written since the cluster was made. */
  async function walPosition(): Promise<number> {
    const { rows } = await pool.query<{ at: number }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as at`,
    );
    return rows[0]?.at ?? 0;
  }

  async function checkpoint(leastBytes: number): Promise<void> {
    const { rows } = await pool.query<{ bytes: number }>(walSinceCheckpoint);
    if ((rows[0]?.bytes ?? 0) >= leastBytes) await pool.query('checkpoint');
  }

  async function tend(): Promise<void> {
    if (stopped) return;
    round += 1;
    try {
      const at = await walPosition();
      const quiet = at - seenAt < quietBytes;
      seenAt = at;
      await each(unknownTables, 'analyze');
      if (quiet || round % busyRounds === 0) await each(dirtyTables, 'vacuum (analyze)');
      await checkpoint(quiet ? quietBytes : mostWalBytes);
    } catch (err) {
      log.warn({ err }, 'database upkeep failed; it will be tried again');
    }
  }

  const timer = setInterval(() => {
    running = running.then(tend);
  }, everyMs);
  timer.unref();

  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
      await checkpoint(quietBytes).catch((err: unknown) => log.warn({ err }, 'last checkpoint failed'));
    },
  };
}
