import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPostgres } from '#platform/postgres';
import { killChild } from '../../tests/support/kill-child.ts';
import { openPostgresEventLog } from './index.ts';

const program = path.resolve(import.meta.dirname, '../../tests/support/programs/append-records.ts');
const log = createSilentLog();

describe('kill -9 in the middle of appends', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'plumbline-log-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('loses no acknowledged record, and consumers see each of them', async () => {
    const dir = path.join(home, 'postgres');
    const { lines, signal } = await killChild({ program, args: [dir], afterLines: 3000 });
    expect(signal).toBe('SIGKILL');
    const acknowledged = lines.map(Number);

    const postgres = await createEmbeddedPostgres({ dir, log, clock: systemClock });
    const eventLog = await openPostgresEventLog({ postgres, clock: systemClock, log });
    await eventLog.outbox.drained();
    const before = await postgres.pool.query<{ n: number }>('select n from effects');
    const seen = new Set(before.rows.map((row) => row.n));
    const consumer = eventLog.consume({ group: 'crash', topics: ['raw.*'], maxBatch: 100 }, (records) => {
      for (const record of records) seen.add(Number(Buffer.from(record.value).toString()));
      return Promise.resolve();
    });
    while ((await consumer.lag()) > 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    await eventLog.close();
    expect(acknowledged.length).toBeGreaterThanOrEqual(3000);
    expect(acknowledged.filter((n) => !seen.has(n))).toEqual([]);
    await postgres.close();
  });
});
