import { randomUUID } from 'node:crypto';
import { PgBoss, type ConstructorOptions, type Db } from 'pg-boss';
import type { Pool } from 'pg';
import { PlumblineError } from '#platform/errors';
import type { Log } from '#platform/log';
import { toPostgresError, type Postgres } from '#platform/postgres';

/** On whose behalf a job runs: a tenant, by its id, or the platform, which goes through the tenants one by one. */
type JobOwner = 'platform' | `ten_${string}`;

/** JSON data of a job. Never without an owner: one is refused when it is sent and when it is to run. */
type JobData = Readonly<Record<string, unknown>> & { readonly owner: JobOwner };

interface RunningJob {
  id: string;
  owner: JobOwner;
  data: JobData;
  /** Aborted when the job ran out of its time or the process closes. */
  signal: AbortSignal;
}

/** Runs one job. A throw makes it come again later, `retries` times; so its effects must be idempotent. */
type JobHandler = (job: RunningJob) => Promise<void>;

interface SendOptions {
  /** Not before this instant (epoch ms). */
  startAfterMs?: number;
  /**
   * While a job with this key waits, further ones are dropped; two with one key never run at once, in whatever process.
   * Scheduled jobs have the key `scheduleKey`.
   */
  singletonKey?: string;
}

export interface JobCount {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

/** Work that must happen later or on a clock, kept in Postgres (schema `pgboss`): it survives a restart. */
export interface Jobs {
  /** Runs `name` by a cron expression in a time zone; a new call replaces it. Runs missed while down happen once. */
  schedule(name: string, cron: string, timeZone: string): Promise<void>;
  unschedule(name: string): Promise<void>;
  work(name: string, handler: JobHandler): Promise<void>;
  /** Returns the job's id, or null when `singletonKey` dropped it. */
  send(name: string, data: JobData, options?: SendOptions): Promise<string | null>;
  /** Jobs by name, as counted within the last minute: waiting and due, at work, failed for good and still kept. */
  counts(): Promise<JobCount[]>;
  /** Waits for running jobs, at most 10 s; then their signals are aborted and they come again. */
  close(): Promise<void>;
}

interface JobsOptions {
  postgres: Postgres;
  log: Log;
  /** Whether this process runs jobs and keeps the clock; others only send and count. True when absent. */
  runs?: boolean;
  /** Whether the schema may be made or upgraded; false = it must be there already. True when absent. */
  migrates?: boolean;
  /** How soon a waiting job is seen; 1 s when absent, at least 0.5. */
  pollSeconds?: number;
}

/** Key of scheduled jobs, for a run beside the schedule that must not run beside a scheduled one. */
export const scheduleKey = 'cron';

const retries = { retryLimit: 5, retryDelay: 5, retryBackoff: true, retryDelayMax: 600 };
const closeLimitMs = 10_000;

/** Starts the job engine. Throws `jobs.schema_missing` when it may not make its schema and there is none. */
export async function createJobs(options: JobsOptions): Promise<Jobs> {
  const { postgres, log, pollSeconds = 1, migrates = true } = options;
  const boss = new PgBoss(settingsOf(options));
  boss.on('error', (err) => log.error({ err }, 'the job engine failed; it goes on'));
  await start(boss, migrates);
  // Its tables hold what jobs are about: row security as on every other table (migration 0120).
  if (migrates) await postgres.pool.query('select protect_jobs_schema()');
  const made = new Map<string, Promise<void>>();
  let closing: Promise<void> | undefined;

  function queue(name: string): Promise<void> {
    // `stately`: per key one job that waits and one that runs. Jobs without a key get one of their own.
    const ready = made.get(name) ?? boss.createQueue(name, { policy: 'stately', ...retries });
    made.set(name, ready);
    ready.catch(() => made.delete(name));
    return ready;
  }

  return {
    schedule: async (name, cron, timeZone) => {
      await queue(name);
      await boss.schedule(
        name,
        cron,
        { owner: 'platform' },
        { tz: timeZone, missed: 'once', singletonKey: scheduleKey },
      );
    },
    unschedule: (name) => boss.unschedule(name),
    work: async (name, handler) => {
      await queue(name);
      await boss.work<JobData>(name, { pollingIntervalSeconds: pollSeconds, batchSize: 1 }, async ([job]) => {
        if (job === undefined) return;
        try {
          const owner = ownerOf(job.data);
          await handler({ id: job.id, owner, data: { ...job.data, owner }, signal: job.signal });
        } catch (err) {
          log.warn({ err, jobName: name, jobId: job.id }, 'job failed; it comes again while it has retries');
          throw err;
        }
      });
    },
    send: async (name, data, { startAfterMs, singletonKey = randomUUID() } = {}) => {
      ownerOf(data);
      await queue(name);
      const startAfter = startAfterMs === undefined ? {} : { startAfter: new Date(startAfterMs) };
      return boss.send(name, data, { singletonKey, ...startAfter });
    },
    counts: async () => {
      const queues = await boss.getQueues();
      return queues
        .filter(({ name }) => !name.startsWith('__'))
        .map(({ name, readyCount, activeCount, failedCount }) => ({
          name,
          waiting: readyCount,
          active: activeCount,
          failed: failedCount,
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name));
    },
    close: () => (closing ??= boss.stop({ graceful: true, timeout: closeLimitMs, close: false })),
  };
}

function settingsOf({ postgres, runs = true, migrates = true }: JobsOptions): ConstructorOptions {
  return {
    db: createBossDb(postgres.pool),
    // The embedded engine has no advisory locks between sessions, no partitions to manage and no autovacuum to watch.
    ...(postgres.mode === 'embedded' ? { backend: 'pglite', monitorVacuum: false, reindex: false } : {}),
    migrate: migrates,
    schedule: runs,
    supervise: runs,
    cronMonitorIntervalSeconds: 15,
    cronWorkerIntervalSeconds: 5,
  };
}

function ownerOf(data: Partial<JobData> | null | undefined): JobOwner {
  const owner = data?.owner;
  if (owner === 'platform' || owner?.startsWith('ten_')) return owner;
  throw new PlumblineError({
    kind: 'internal',
    code: 'jobs.owner_missing',
    detail: 'A job has an owner: a tenant, or the platform.',
  });
}

async function start(boss: PgBoss, migrates: boolean): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    if (migrates || (await boss.isInstalled().catch(() => true))) throw error;
    throw new PlumblineError({
      kind: 'conflict',
      code: 'jobs.schema_missing',
      detail: 'The database lacks the tables of the jobs. Run "plumbline migrate" first.',
      cause: error,
    });
  }
}

/** The app's own pool: on the embedded engine a second one would run inside whatever transaction is open. */
function createBossDb(pool: Pool): Db {
  return {
    executeSql: async (text, values) => {
      try {
        const client = await pool.connect();
        try {
          const result: unknown = await client.query(text, values);
          return { rows: Array.isArray(result) ? result.flatMap(rowsOf) : rowsOf(result) };
        } catch (error) {
          // Its scripts open transactions of their own, which must not stay open in the one session.
          await client.query('rollback').catch(() => {});
          throw error;
        } finally {
          client.release();
        }
      } catch (error) {
        throw toPostgresError(error);
      }
    },
  };
}

function rowsOf(result: unknown): unknown[] {
  const rows = typeof result === 'object' && result !== null && 'rows' in result ? result.rows : [];
  return Array.isArray(rows) ? rows : [];
}
