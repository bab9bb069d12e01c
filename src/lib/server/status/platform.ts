import type { PlatformStatus } from '#contracts/screens/status';
import { readVendorStanding, type VendorStanding } from '#ingest';
import type { Clock } from '#platform/clock';
import { countOutbox } from '#platform/event-log';
import type { JobCount, Jobs } from '#platform/jobs';
import type { Postgres } from '#platform/postgres';
import type { FlagLatency } from './flag-latency.ts';

/** What the database says of the whole platform. */
export interface Standing {
  readonly outboxWaiting: number;
  readonly vendors: readonly VendorStanding[];
}

export interface PlatformDeps {
  readonly postgres: Postgres;
  readonly jobs: Pick<Jobs, 'counts'>;
  readonly lags: () => Promise<Readonly<Record<string, number>>>;
  readonly sockets: () => number;
  readonly latency: FlagLatency;
  readonly clock: Clock;
}

/** How the whole platform runs; read by the status screen and by the metrics. */
export interface Platform {
  readonly standing: () => Promise<Standing>;
  readonly lags: () => Promise<Readonly<Record<string, number>>>;
  readonly jobCounts: () => Promise<readonly JobCount[]>;
  readonly sockets: () => number;
  readonly latency: FlagLatency;
  read(): Promise<PlatformStatus>;
}

/** Readers within this time share one reading, so that a scrape and a screen cost the database one question. */
const sharedForMs = 1000;

export function createPlatform({ postgres, jobs, latency, clock, ...deps }: PlatformDeps): Platform {
  const nowMs = () => clock.nowMs();
  const standing = createShared(nowMs, () =>
    postgres.asSystem(async (tx) => ({
      outboxWaiting: await countOutbox(tx),
      vendors: await readVendorStanding(tx, clock.now()),
    })),
  );
  const lags = createShared(nowMs, deps.lags);
  const jobCounts = createShared(nowMs, () => jobs.counts());

  async function read(): Promise<PlatformStatus> {
    const [{ outboxWaiting, vendors }, groups, counted] = await Promise.all([
      standing(),
      lags(),
      jobCounts(),
    ]);
    const { totalCount, idleCount, waitingCount } = postgres.pool;
    return {
      at: clock.now(),
      latencies: latency.ofAll(),
      groups: Object.entries(groups).map(([name, lag]) => ({ name, lag })),
      outboxWaiting,
      vendors: vendors.map(({ lastAcceptedAtMs, ...vendor }) => ({
        ...vendor,
        lastMessageAt: lastAcceptedAtMs === null ? null : new Date(lastAcceptedAtMs).toISOString(),
      })),
      jobs: [...counted],
      pool: { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount },
      sockets: deps.sockets(),
    };
  }

  return { standing, lags, jobCounts, sockets: deps.sockets, latency, read };
}

function createShared<T>(nowMs: () => number, read: () => Promise<T>): () => Promise<T> {
  let held: { readonly answer: Promise<T>; readonly atMs: number } | null = null;
  return () => {
    if (held !== null && nowMs() - held.atMs < sharedForMs) return held.answer;
    const answer = read();
    const mine = { answer, atMs: nowMs() };
    held = mine;
    answer.catch(() => {
      if (held === mine) held = null;
    });
    return answer;
  };
}
