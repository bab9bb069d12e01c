import { sql } from 'kysely';
import type { Log } from '#platform/log';
import type { Postgres, Signals, Tx } from '#platform/postgres';
import type { Group } from './group.ts';

/** Decides which partitions of a group this process reads, and tells the group. */
export interface Ownership {
  /** Stops and lets others have the partitions. Offsets must be saved before. */
  stop(): Promise<void>;
}

export interface OwnershipDeps {
  postgres: Postgres;
  group: Group;
  processName: string;
  partitions: number;
  /** Where a group starts that never committed. */
  startAt: number;
  /** Saves positions of partitions that are about to be given away. */
  saveOffsets: () => Promise<void>;
  /** Tells the other members at once that partitions are free; without it they see it at their next look. */
  signals: Signals | null;
  log: Log;
}

type PositionRow = { partition: number; position: string };

/** Carries the name of a group that a member has left. */
const membersChannel = 'event-log-members';
const leaseSeconds = 12;
const tendEveryMs = 2000;
/** Without a renewal for this long the process stops reading: its lease may be somebody else's soon. */
const trustLeaseMs = 8000;

/** Makes the group's rows at its first start. */
async function register(tx: Tx, { group, partitions, startAt, log }: OwnershipDeps): Promise<void> {
  await sql`insert into event_log_offsets (consumer_group, partition, position)
    select ${group.name}, p, ${startAt} from generate_series(0, ${partitions} - 1) as p on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<{ topics: string[] }>`
    with known as (select topics from event_log_groups where consumer_group = ${group.name}),
      saved as (
        insert into event_log_groups (consumer_group, topics) values (${group.name}, ${group.topics})
        on conflict (consumer_group) do update set topics = excluded.topics)
    select topics from known`.execute(tx);
  const before = rows[0]?.topics;
  const added = before === undefined ? [] : group.topics.filter((topic) => !before.includes(topic));
  // A group has one position for all its topics.
  if (added.length > 0)
    log.warn({ consumerGroup: group.name, topic: added }, 'new topics of a group start where it stands');
}

/** The embedded engine belongs to one process: it owns everything. */
export async function ownAll(deps: OwnershipDeps): Promise<Ownership> {
  const rows = await deps.postgres.asSystem(async (tx) => {
    await register(tx, deps);
    const result = await sql<PositionRow>`update event_log_offsets set owner = null, owned_until = null
      where consumer_group = ${deps.group.name} returning partition, position`.execute(tx);
    return result.rows;
  });
  deps.group.own(toPositions(rows));
  return { stop: () => Promise.resolve() };
}

/** A process that reads alone, for itself: everything after where the log stood, remembered in memory. */
export function ownForProcess({ group, partitions, startAt }: OwnershipDeps): Promise<Ownership> {
  group.own(new Map(Array.from({ length: partitions }, (_, partition) => [partition, startAt])));
  return Promise.resolve({ stop: () => Promise.resolve() });
}

/**
 * On a server, processes share a group's partitions by leases: each counts the living members and takes its share;
 * a partition changes hands when its holder gives it up or its lease runs out.
 */
export async function ownByLease(deps: OwnershipDeps): Promise<Ownership> {
  const { postgres, group, saveOffsets, log } = deps;
  let renewedAt = performance.now();
  let running: Promise<void> = Promise.resolve();

  async function tend(): Promise<void> {
    try {
      await saveOffsets();
      const held = await postgres.asSystem((tx) => renew(tx, deps));
      renewedAt = performance.now();
      group.own(held);
    } catch (err) {
      log.warn({ err, consumerGroup: group.name }, 'the lease could not be renewed');
      if (performance.now() - renewedAt > trustLeaseMs) group.own(new Map());
    }
  }

  await postgres.asSystem((tx) => register(tx, deps));
  await tend();
  const tendNext = (): void => {
    running = running.then(tend);
  };
  const timer = setInterval(tendNext, tendEveryMs);
  const stopListening = deps.signals?.listen(membersChannel, (left) => {
    if (left === group.name) tendNext();
  });

  return {
    stop: async () => {
      clearInterval(timer);
      stopListening?.();
      await running;
      group.own(new Map());
      await postgres.asSystem((tx) => giveUp(tx, deps));
      await deps.signals?.send(membersChannel, group.name);
    },
  };
}

async function renew(
  tx: Tx,
  { group, processName, partitions }: OwnershipDeps,
): Promise<Map<number, number>> {
  await sql`insert into event_log_members (consumer_group, process, seen_at) values (${group.name}, ${processName}, now())
    on conflict (consumer_group, process) do update set seen_at = now()`.execute(tx);
  const { rows: living } = await sql<{ process: string }>`select process from event_log_members
    where consumer_group = ${group.name} and seen_at > now() - make_interval(secs => ${leaseSeconds}) order by process`.execute(
    tx,
  );
  const place = living.findIndex((row) => row.process === processName);
  const share = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => partition % living.length === place,
  );
  // A partition in the middle of a batch is kept until the batch ends, even if it is somebody else's share now.
  const keep = [...share, ...group.busy()];
  await sql`update event_log_offsets set owner = null, owned_until = null
    where consumer_group = ${group.name} and owner = ${processName} and partition <> all(${keep}::int[])`.execute(
    tx,
  );
  const { rows } = await sql<PositionRow>`
    update event_log_offsets set owner = ${processName}, owned_until = now() + make_interval(secs => ${leaseSeconds})
    where consumer_group = ${group.name} and (owner = ${processName}
      or (partition = any(${share}::int[]) and (owner is null or owned_until < now())))
    returning partition, position`.execute(tx);
  return toPositions(rows);
}

async function giveUp(tx: Tx, { group, processName }: OwnershipDeps): Promise<void> {
  await sql`update event_log_offsets set owner = null, owned_until = null
    where consumer_group = ${group.name} and owner = ${processName}`.execute(tx);
  await sql`delete from event_log_members where consumer_group = ${group.name}
    and (process = ${processName} or seen_at < now() - interval '1 hour')`.execute(tx);
}

function toPositions(rows: readonly PositionRow[]): Map<number, number> {
  return new Map(
    rows.map((row) => [row.partition, Number(row.position)] as const).toSorted(([a], [b]) => a - b),
  );
}
