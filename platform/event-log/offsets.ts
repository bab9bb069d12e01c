import type { Pool } from 'pg';
import type { Log } from '#platform/log';

/** Writes consumer groups' positions some time after their effects, many at once. */
export interface OffsetCommits {
  /** Remembers that the group handled everything in `partition` up to `position`. */
  note: (group: string, partition: number, position: number) => void;
  /** Writes what was noted. Throws when the database does. */
  flush: () => Promise<void>;
  close(): Promise<void>;
}

interface Noted {
  group: string;
  partition: number;
  position: number;
}

/** A crash within this time brings records again, which handlers must bear anyway. */
const flushAfterMs = 150;
const retryAfterMs = 2000;

const saveOffsets = `
  update event_log_offsets saved set position = noted.position
  from unnest($1::text[], $2::int[], $3::bigint[]) as noted(consumer_group, partition, position)
  where saved.consumer_group = noted.consumer_group and saved.partition = noted.partition
    and saved.position < noted.position
    and (saved.owner is null or saved.owner = $4)`;

export function createOffsetCommits(pool: Pool, processName: string, log: Log): OffsetCommits {
  let noted = new Map<string, Noted>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (noted.size === 0) return;
    const batch = noted;
    noted = new Map();
    const rows = [...batch.values()];
    try {
      await pool.query({
        name: 'event_log_save_offsets',
        text: saveOffsets,
        values: [
          rows.map((row) => row.group),
          rows.map((row) => row.partition),
          rows.map((row) => row.position),
          processName,
        ],
      });
    } catch (error) {
      for (const [key, row] of batch) if (!noted.has(key)) noted.set(key, row);
      throw error;
    }
  }

  function flush(): Promise<void> {
    running = running.catch(() => {}).then(write);
    return running;
  }

  function flushLater(ms = flushAfterMs): void {
    timer ??= setTimeout(() => {
      flush().catch((err: unknown) => {
        log.warn({ err, count: noted.size }, 'offsets could not be saved; they will be tried again');
        flushLater(retryAfterMs);
      });
    }, ms);
  }

  return {
    note: (group, partition, position) => {
      noted.set(`${partition} ${group}`, { group, partition, position });
      flushLater();
    },
    flush,
    close: flush,
  };
}
