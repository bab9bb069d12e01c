import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createJobs, type Jobs } from './index.ts';

async function until(check: () => boolean): Promise<void> {
  for (let wait = 0; wait < 400 && !check(); wait += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  expect(check()).toBe(true);
}

describe('jobs', () => {
  let postgres: Postgres;
  let jobs: Jobs;
  beforeEach(async () => {
    postgres = await openTestDatabase();
    jobs = await createJobs({ postgres, log: createSilentLog(), pollSeconds: 0.5 });
  });
  afterEach(async () => {
    await jobs.close();
    await postgres.close();
  });

  it('runs a job with its data, and one that waits no earlier than told', async () => {
    const ran: unknown[] = [];
    const dueAtMs = Date.now() + 1500;
    let lateAtMs = 0;
    await jobs.send('greet', { owner: 'platform', n: 2 }, { startAfterMs: dueAtMs });
    await jobs.send('greet', { owner: 'platform', n: 1 });
    await jobs.work('greet', ({ data }) => {
      ran.push(data['n']);
      if (data['n'] === 2) lateAtMs = Date.now();
      return Promise.resolve();
    });
    await until(() => ran.length === 2);
    expect(ran).toEqual([1, 2]);
    expect(lateAtMs).toBeGreaterThanOrEqual(dueAtMs - 50);
  });

  it('drops a second job with the key of one that waits, and keeps jobs without a key', async () => {
    expect(await jobs.send('recount', { owner: 'platform' }, { singletonKey: 'ten_a' })).toEqual(
      expect.any(String),
    );
    expect(await jobs.send('recount', { owner: 'platform' }, { singletonKey: 'ten_a' })).toBeNull();
    expect(await jobs.send('recount', { owner: 'platform' }, { singletonKey: 'ten_b' })).toEqual(
      expect.any(String),
    );
    expect(await jobs.send('recount', { owner: 'platform' })).toEqual(expect.any(String));
    expect(await jobs.send('recount', { owner: 'platform' })).toEqual(expect.any(String));
  });

  it('keeps waiting jobs over a restart', async () => {
    await jobs.send('later', { owner: 'ten_a', n: 7 });
    await jobs.close();
    jobs = await createJobs({ postgres, log: createSilentLog(), pollSeconds: 0.5 });
    const ran: unknown[] = [];
    await jobs.work('later', ({ data, owner }) => {
      ran.push(owner, data['n']);
      return Promise.resolve();
    });
    await until(() => ran.length > 0);
    expect(ran).toEqual(['ten_a', 7]);
  });

  it('refuses a job that is nobody’s', async () => {
    await expect(jobs.send('orphan', {} as never)).rejects.toThrow('jobs.owner_missing');
  });

  it('marks a failed job for another try', async () => {
    let tries = 0;
    await jobs.work('fragile', () => {
      tries += 1;
      return Promise.reject(new Error('not yet'));
    });
    const id = await jobs.send('fragile', { owner: 'platform' });
    await until(() => tries === 1);
    const state = async () => {
      const { rows } = await postgres.pool.query<{ state: string }>(
        'select state from pgboss.job where id = $1',
        [id],
      );
      return rows[0]?.state;
    };
    await expect.poll(state, { timeout: 5000 }).toBe('retry');
  });

  it('stores a schedule in its time zone, replaces and removes it', async () => {
    await jobs.schedule('nightly', '0 3 * * *', 'America/Chicago');
    await jobs.schedule('nightly', '30 4 * * *', 'America/New_York');
    const stored = 'select name, cron, timezone from pgboss.schedule';
    expect((await postgres.pool.query(stored)).rows).toEqual([
      { name: 'nightly', cron: '30 4 * * *', timezone: 'America/New_York' },
    ]);
    await jobs.unschedule('nightly');
    expect((await postgres.pool.query(stored)).rows).toEqual([]);
    await expect(jobs.schedule('nightly', 'every night', 'UTC')).rejects.toThrow();
  });
});
