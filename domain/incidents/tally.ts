import { LRUCache } from 'lru-cache';
import { sql } from 'kysely';
import type { TenantId, UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import { columns, type Postgres } from '#platform/postgres';

export interface AccessNote {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly userName: string;
  readonly ip: string | null;
  /** The procedure. */
  readonly what: string;
}

/** Counts refusals and opened records in memory and writes the sums: a flood of requests is a handful of rows. */
export interface AccessTally {
  denied(note: AccessNote): void;
  /** A person's record was handed out. The same one again within ten minutes counts once. */
  opened(note: AccessNote, employeeId: string): void;
  /** Writes what was counted. Failing, it keeps the sums for the next time. */
  flush(): Promise<void>;
}

interface Sum extends AccessNote {
  readonly kind: 'denied' | 'opened';
  readonly minute: string;
  count: number;
}

const minuteMs = 60_000;
const onceWithinMs = 10 * minuteMs;
/** Sums between two writes: more than this many users at once are not counted one by one. */
const mostSums = 20_000;

export function createAccessTally({ postgres, clock }: { postgres: Postgres; clock: Clock }): AccessTally {
  let sums = new Map<string, Sum>();
  const opened = new LRUCache<string, number>({ max: 50_000 });

  function add(kind: Sum['kind'], note: AccessNote): void {
    const minute = new Date(Math.floor(clock.nowMs() / minuteMs) * minuteMs).toISOString();
    const key = [kind, note.tenantId, note.userId, note.what, minute, note.ip ?? ''].join(' ');
    const sum = sums.get(key);
    if (sum !== undefined) sum.count += 1;
    else if (sums.size < mostSums) sums.set(key, { ...note, kind, minute, count: 1 });
  }

  return {
    denied: (note) => add('denied', note),
    opened: (note, employeeId) => {
      const key = `${note.tenantId} ${note.userId} ${employeeId}`;
      const lastMs = opened.get(key);
      if (lastMs !== undefined && clock.nowMs() - lastMs < onceWithinMs) return;
      opened.set(key, clock.nowMs());
      add('opened', note);
    },
    flush: async () => {
      if (sums.size === 0) return;
      const taken = sums;
      sums = new Map();
      try {
        await write(postgres, [...taken.values()]);
      } catch (error) {
        for (const [key, sum] of taken) {
          const newer = sums.get(key);
          sums.set(key, newer === undefined ? sum : { ...sum, count: sum.count + newer.count });
        }
        throw error;
      }
    },
  };
}

async function write(postgres: Postgres, sums: readonly Sum[]): Promise<void> {
  const of = <T>(read: (sum: Sum) => T) => sums.map(read);
  await postgres.asSystem(async (tx) => {
    await sql`
      insert into access_tallies (tenant_id, user_id, user_name, kind, what, minute, ip, count)
      select * from unnest(${columns.text(of((one) => one.tenantId))}::text[],
        ${columns.text(of((one) => one.userId))}::text[], ${columns.text(of((one) => one.userName))}::text[],
        ${columns.text(of((one) => one.kind))}::text[], ${columns.text(of((one) => one.what))}::text[],
        ${columns.instant(of((one) => one.minute))}::timestamptz[], ${columns.text(of((one) => one.ip ?? ''))}::text[],
        ${of((one) => one.count)}::int[])
      on conflict (tenant_id, minute, user_id, kind, what, ip)
        do update set count = access_tallies.count + excluded.count`.execute(tx);
  });
}

/** Drops what no detector reads any more. */
export async function dropOldTallies(postgres: Postgres, before: string): Promise<void> {
  await postgres.asSystem(async (tx) => {
    await sql`delete from access_tallies where minute < ${before}::timestamptz`.execute(tx);
  });
}
