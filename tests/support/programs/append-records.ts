import { sql } from 'kysely';
import { systemClock } from '#platform/clock';
import { openPostgresEventLog } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPostgres } from '#platform/postgres';
import { migrate } from '../../../migrations/run.ts';

/**
 * Appends for ever with 16 callers, every fourth record by the outbox; prints each record's number after it was
 * acknowledged (appended, or its transaction committed).
 */
const [dir = ''] = process.argv.slice(2);
const log = createSilentLog();
const postgres = await createEmbeddedPostgres({ dir, log, clock: systemClock });
await migrate(postgres);
const eventLog = await openPostgresEventLog({ postgres, clock: systemClock, log });
eventLog.consume({ group: 'crash', topics: ['raw.*'], maxBatch: 100 }, async (records) => {
  const seen = records.map((record) => Number(Buffer.from(record.value).toString()));
  await postgres.asSystem((tx) =>
    sql`insert into effects (n) select unnest(${seen}::int[]) on conflict do nothing`.execute(tx),
  );
});
await postgres.pool.query(
  'create table effects (n int primary key); grant all on effects to plumbline_system',
);

let next = 0;
async function caller(): Promise<void> {
  for (;;) {
    const n = next;
    next += 1;
    const record = { topic: 'raw.crash', key: `k${n % 50}`, value: Buffer.from(String(n)), headers: {} };
    if (n % 4 === 0) await postgres.asTenant('ten_a', (tx) => eventLog.outbox.add(tx, [record]));
    else await eventLog.append([record]);
    process.stdout.write(`${n}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, caller));
