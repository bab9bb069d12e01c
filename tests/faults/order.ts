import { sql } from 'kysely';
import type { TenantId } from '#contracts/ids';
import type { EventLog } from '#platform/event-log';
import type { Postgres } from '#platform/postgres';

const chunk = 5000;

/** Event ids by topic and person, each at its first place in the log. */
async function readLogOrder(log: EventLog): Promise<Map<string, string[]>> {
  const order = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { topic, partitions } of await log.topics()) {
    if (!topic.startsWith('compliance.')) continue;
    for (let partition = 0; partition < partitions; partition += 1) {
      for await (const { key, id } of eventsOf(log, topic, partition)) {
        if (seen.has(id)) continue;
        seen.add(id);
        const line = `${topic} ${key}`;
        const ids = order.get(line);
        if (ids) ids.push(id);
        else order.set(line, [id]);
      }
    }
  }
  return order;
}

async function* eventsOf(log: EventLog, topic: string, partition: number) {
  let from = 0n;
  for (;;) {
    const records = await log.read(topic, partition, from, chunk);
    for (const { key, headers } of records) {
      const id = headers['eventId'];
      if (id !== undefined) yield { key, id };
    }
    const last = records.at(-1);
    if (last === undefined) return;
    from = last.offset + 1n;
  }
}

/**
 * How often an event took effect before one that stood ahead of it in the log for the same person and topic. The audit
 * chain tells the order of effects.
 */
export async function countOrderBreaks(
  postgres: Postgres,
  log: EventLog,
  tenantId: TenantId,
): Promise<number> {
  const applied = await postgres.asTenant(tenantId, async (tx) => {
    const { rows } = await sql<{ id: string; sequence: string }>`
      select subject_id as id, sequence from audit_entries where act = 'records:event:apply'`.execute(tx);
    return new Map(rows.map((row) => [row.id, Number(row.sequence)]));
  });
  let breaks = 0;
  for (const ids of (await readLogOrder(log)).values()) {
    let last = 0;
    for (const id of ids) {
      const sequence = applied.get(id);
      // Not applied at all is a loss, counted elsewhere.
      if (sequence === undefined) continue;
      if (sequence < last) breaks += 1;
      last = sequence;
    }
  }
  return breaks;
}
