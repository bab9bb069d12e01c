import { sql } from 'kysely';
import type { Postgres } from '#platform/postgres';

/** The right to do a piece of work alone, for a while. */
export interface Lease {
  /** Takes or prolongs it. False = another process has it. */
  hold(): Promise<boolean>;
  /** Lets others have it at once. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  postgres: Postgres;
  /** What the work is called, the same in every process. */
  name: string;
  /** Tells this process from all others. */
  holder: string;
  /** How long it lasts without being prolonged, ms of the database's clock: after a crash another waits this long. */
  forMs: number;
}

/**
 * A lease in the database. It keeps others from doing the work twice; it is no fence. Whoever holds it and is stopped
 * for longer than `forMs` may go on beside the next one, so the work itself must bear being done twice.
 */
export function createLease({ postgres, name, holder, forMs }: LeaseOptions): Lease {
  return {
    hold: () =>
      postgres.asSystem(async (tx) => {
        const { rows } = await sql`
          insert into leases as l (name, holder, held_until)
          values (${name}, ${holder}, clock_timestamp() + make_interval(secs => ${forMs / 1000}))
          on conflict (name) do update set holder = excluded.holder, held_until = excluded.held_until
            where l.holder = excluded.holder or l.held_until < clock_timestamp()
          returning name`.execute(tx);
        return rows.length > 0;
      }),
    release: () =>
      postgres.asSystem(async (tx) => {
        await sql`delete from leases where name = ${name} and holder = ${holder}`.execute(tx);
      }),
  };
}
