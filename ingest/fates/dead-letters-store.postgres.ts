import * as z from 'zod';
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '#contracts/ids';
import { PlumblineError } from '#platform/errors';
import type { Tx } from '#platform/postgres';
import type { Subject } from '../source.ts';

export const deadLetterFilterSchema = z.object({
  status: z.enum(['open', 'requeued', 'discarded']).optional(),
  vendor: z.string().max(100).optional(),
  reason: z.string().max(100).optional(),
});
export type DeadLetterFilter = z.infer<typeof deadLetterFilterSchema>;

/** A dead letter as screens show it. */
export interface DeadLetter {
  readonly id: Id<'deadLetter'>;
  readonly endpointId: string;
  readonly vendor: string;
  readonly reason: string;
  readonly detail: string;
  readonly status: 'open' | 'requeued' | 'discarded';
  readonly deliveries: number;
  /** Body with personal data masked. */
  readonly preview: string;
  /** How the message names the person: for choosing among employees. Null when no person is concerned. */
  readonly subject: Subject | null;
  readonly rawRef: string;
  readonly receivedAt: string;
  readonly lastSeenAt: string;
  readonly settledAt: string | null;
  readonly settledBy: string | null;
  readonly note: string | null;
}

/** As stored, without the body. */
export interface LetterRow {
  id: Id<'deadLetter'>;
  endpoint_id: string;
  vendor: string;
  item: string;
  reason: string;
  detail: string;
  status: DeadLetter['status'];
  deliveries: number;
  preview: string;
  subject: Subject | null;
  raw_ref: string;
  raw_headers: Record<string, string>;
  received_at: Date;
  last_seen_at: Date;
  settled_at: Date | null;
  settled_by: string | null;
  note: string | null;
}

/** Letters handled by one call; more are handled by calling again. */
export const maxLetters = 500;

const columns =
  sql.raw(`id, endpoint_id, vendor, item, reason, detail, status, deliveries, preview, subject, raw_ref,
  raw_headers, received_at, last_seen_at, settled_at, settled_by, note`);
export async function listLetters(
  tx: Tx,
  filter: DeadLetterFilter,
  page: { limit: number; offset: number },
): Promise<{ letters: DeadLetter[]; total: number }> {
  const where = sql`(${filter.status ?? null}::text is null or status = ${filter.status ?? null})
    and (${filter.vendor ?? null}::text is null or vendor = ${filter.vendor ?? null})
    and (${filter.reason ?? null}::text is null or reason = ${filter.reason ?? null})`;
  const { rows } = await sql<LetterRow>`select ${columns} from dead_letters where ${where}
    order by last_seen_at desc, id desc limit ${Math.min(page.limit, maxLetters)} offset ${page.offset}`.execute(
    tx,
  );
  const counted = await sql<{
    total: string;
  }>`select count(*) as total from dead_letters where ${where}`.execute(tx);
  return { letters: rows.map(toLetter), total: Number(counted.rows[0]?.total ?? 0) };
}

export async function countOpen(tx: Tx): Promise<{ vendor: string; reason: string; open: number }[]> {
  const { rows } = await sql<{ vendor: string; reason: string; open: string }>`
    select vendor, reason, count(*) as open from dead_letters where status = 'open'
    group by vendor, reason order by vendor, reason`.execute(tx);
  return rows.map((row) => ({ ...row, open: Number(row.open) }));
}

export async function getLetter(tx: Tx, id: string): Promise<DeadLetter> {
  const { rows } = await sql<LetterRow>`select ${columns} from dead_letters where id = ${id}`.execute(tx);
  const [row] = rows;
  if (row) return toLetter(row);
  throw new PlumblineError({
    kind: 'not_found',
    code: 'ingest.dead_letter_not_found',
    detail: `There is no dead letter ${id.slice(0, 60)}.`,
  });
}

export async function lockOpen(tx: Tx, where: RawBuilder<unknown>): Promise<LetterRow[]> {
  const { rows } = await sql<LetterRow>`select ${columns} from dead_letters where status = 'open' and ${where}
    order by received_at, id limit ${maxLetters} for update`.execute(tx);
  return rows;
}

function toLetter(row: LetterRow): DeadLetter {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    vendor: row.vendor,
    reason: row.reason,
    detail: row.detail,
    status: row.status,
    deliveries: row.deliveries,
    preview: row.preview,
    subject: row.subject,
    rawRef: row.raw_ref,
    receivedAt: row.received_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    settledBy: row.settled_by,
    note: row.note,
  };
}

/** The copy of a body that lies beside its letter. */
export async function copiedBody(tx: Tx, id: string): Promise<Uint8Array | null> {
  const { rows } = await sql<{ raw: Buffer | null }>`select raw from dead_letters where id = ${id}`.execute(
    tx,
  );
  return rows[0]?.raw ?? null;
}

/** Places in the log of the letters without a copy: those named, and those of the same person. */
export async function refsWithoutCopy(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ raw_ref: string }>`
    select raw_ref from dead_letters where raw is null and status = 'open' and (id = any(${ids.slice(0, maxLetters)})
      or refs && (select coalesce(array_agg(ref), '{}') from dead_letters named, unnest(named.refs) ref
        where named.id = any(${ids.slice(0, maxLetters)})))`.execute(tx);
  return rows.map((row) => row.raw_ref);
}
