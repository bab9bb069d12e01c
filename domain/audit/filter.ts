import * as z from 'zod';
import { sql, type RawBuilder } from 'kysely';
import { instantSchema } from '#contracts/time';
import { actorTypes } from './entry.ts';

/** Which entries to show. All given parts must hold. */
export const auditFilterSchema = z.object({
  actorType: z.enum(actorTypes).optional(),
  actorId: z.string().optional(),
  /** Exact act, or a prefix that ends in `*`: `people:*`. */
  act: z.string().optional(),
  subjectType: z.string().optional(),
  subjectId: z.string().optional(),
  /** From this instant on. */
  from: instantSchema.optional(),
  /** Up to, not including, this instant. */
  to: instantSchema.optional(),
  /** Words or beginnings of words in names, acts, ids and recorded values; all must occur. */
  text: z.string().max(200).optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const auditPageSchema = z.object({
  limit: z.int().min(1).max(500),
  /** The `next` of the page before this one. */
  before: z.int().positive().optional(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** The filter as SQL over `audit_entries`. */
export function conditions(filter: AuditFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [];
  if (filter.actorType !== undefined) parts.push(sql`actor_type = ${filter.actorType}`);
  if (filter.actorId !== undefined) parts.push(sql`actor_id = ${filter.actorId}`);
  if (filter.act !== undefined) parts.push(actCondition(filter.act));
  if (filter.subjectType !== undefined) parts.push(sql`subject_type = ${filter.subjectType}`);
  if (filter.subjectId !== undefined) parts.push(sql`subject_id = ${filter.subjectId}`);
  if (filter.from !== undefined) parts.push(sql`at >= ${filter.from}::timestamptz`);
  if (filter.to !== undefined) parts.push(sql`at < ${filter.to}::timestamptz`);
  const words = wordQuery(filter.text ?? '');
  if (words !== null) parts.push(sql`words @@ to_tsquery('simple', ${words})`);
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}

function actCondition(act: string): RawBuilder<unknown> {
  if (!act.endsWith('*')) return sql`act = ${act}`;
  const prefix = act.slice(0, -1).replaceAll(/[\\%_]/g, String.raw`\$&`);
  return sql`act like ${`${prefix}%`}`;
}

/** `mar lop` → `'mar':* & 'lop':*`; null when there is no word in it. Quoted, so no operator can come from the text. */
export function wordQuery(text: string): string | null {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ');
}
