import type { PoolClient } from 'pg';
import type { Postgres } from '#platform/postgres';
import type { NewRecord } from '../index.ts';
import { moveLimits } from '../outbox.ts';

interface OutboxRow {
  id: string;
  topic: string;
  key: string;
  headers: string;
  value: Buffer;
}

const oldestRows = `
  select id, topic, key, headers, value from (
    select id, topic, key, headers, value, sum(octet_length(value)) over (order by id) - octet_length(value) as bytes_before
    from (select * from outbox order by id limit ${moveLimits.records}) oldest) measured
  where bytes_before < ${moveLimits.bytes} order by id`;

/** One relay at a time over all processes. Held by the connection: it is free again when its process dies. */
const relayLock = `hashtext('plumbline.outbox_relay')`;

/**
 * Publishes the oldest rows and then deletes them: a crash in between publishes them once more. Rows are deleted by
 * their ids, since one with a smaller id can become visible meanwhile.
 * @returns whether more may be waiting.
 */
export async function publishRows(
  postgres: Postgres,
  publish: (records: readonly NewRecord[]) => Promise<void>,
): Promise<boolean> {
  const { pool } = postgres;
  // The embedded engine has one process and one connection, which others need while Kafka answers.
  if (postgres.mode === 'embedded') return publishOldest(pool, publish);
  const client = await pool.connect();
  try {
    await client.query(`select pg_advisory_lock(${relayLock})`);
    const more = await publishOldest(client, publish);
    await client.query(`select pg_advisory_unlock(${relayLock})`);
    client.release();
    return more;
  } catch (error) {
    // Ending the connection gives the lock back.
    client.release(true);
    throw error;
  }
}

async function publishOldest(
  queries: Pick<PoolClient, 'query'> | Postgres['pool'],
  publish: (records: readonly NewRecord[]) => Promise<void>,
): Promise<boolean> {
  const { rows } = await queries.query<OutboxRow>({ name: 'outbox_oldest', text: oldestRows });
  if (rows.length === 0) return false;
  await publish(
    rows.map(({ topic, key, value, headers }) => ({
      topic,
      key,
      value,
      headers: JSON.parse(headers) as Record<string, string>,
    })),
  );
  await queries.query({
    name: 'outbox_delete',
    text: 'delete from outbox where id = any($1::bigint[])',
    values: [rows.map(({ id }) => id)],
  });
  const bytes = rows.reduce((sum, { value }) => sum + value.length, 0);
  return rows.length >= moveLimits.records || bytes >= moveLimits.bytes;
}
