import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createServerDatabase, type ServerDatabase } from '../../tests/support/server-database.ts';
import { createJobs, scheduleKey, type Jobs } from './index.ts';

const log = createSilentLog();

describe('jobs of several processes', () => {
  let database: ServerDatabase;
  let opened: { postgres: Postgres; jobs: Jobs }[];

  async function open(options: { runs?: boolean; migrates?: boolean } = {}): Promise<Jobs> {
    const postgres = database.connect();
    try {
      const jobs = await createJobs({ postgres, log, pollSeconds: 0.5, ...options });
      opened.push({ postgres, jobs });
      return jobs;
    } catch (error) {
      await postgres.close();
      throw error;
    }
  }

  beforeEach(async () => {
    database = await createServerDatabase();
    opened = [];
  });
  afterEach(async () => {
    for (const { jobs, postgres } of opened) {
      await jobs.close();
      await postgres.close();
    }
    await database.drop();
  });

  it('run once each, whichever process takes them', async () => {
    const workers = [await open(), await open()];
    const sender = await open({ runs: false, migrates: false });
    const ran = new Map<unknown, number>();
    for (const jobs of workers) {
      await jobs.work('count', ({ data }) => {
        ran.set(data['n'], (ran.get(data['n']) ?? 0) + 1);
        return Promise.resolve();
      });
    }
    await Promise.all(Array.from({ length: 12 }, (_, n) => sender.send('count', { owner: 'platform', n })));
    await expect.poll(() => ran.size, { timeout: 20_000 }).toBe(12);
    await sleep(1500);
    expect([...ran.values()]).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it('with one key never run at once', async () => {
    const workers = [await open(), await open()];
    let running = 0;
    let most = 0;
    let done = 0;
    for (const jobs of workers) {
      await jobs.work('alone', async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(1200);
        running -= 1;
        done += 1;
      });
    }
    const [one] = workers;
    await one?.send('alone', { owner: 'platform' }, { singletonKey: scheduleKey });
    await expect.poll(() => running, { timeout: 5000 }).toBe(1);
    await one?.send('alone', { owner: 'platform' }, { singletonKey: scheduleKey });
    await expect.poll(() => done, { timeout: 15_000 }).toBe(2);
    expect(most).toBe(1);
  });

  it('are not opened without their tables by a process that may not make them', async () => {
    await expect(open({ migrates: false })).rejects.toMatchObject({ code: 'jobs.schema_missing' });
  });
});
