import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPostgres } from '#platform/postgres';

/** Inserts 0, 1, 2, … for ever, half of them in transactions; prints each number after its commit. */
const [dir = ''] = process.argv.slice(2);
const postgres = await createEmbeddedPostgres({ dir, log: createSilentLog(), clock: systemClock });
await postgres.pool.query('create table writes (n int primary key)');
for (let n = 0; ; n += 1) {
  const client = await postgres.pool.connect();
  if (n % 2 === 0) await client.query('begin');
  await client.query('insert into writes values ($1)', [n]);
  if (n % 2 === 0) await client.query('commit');
  client.release();
  process.stdout.write(`${n}\n`);
}
