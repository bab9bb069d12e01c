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
  /** Words, or parts of words, of names, acts, ids and recorded values; all must occur. Give dates with it: it reads entry by entry. */
  text: z.string().max(200).optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const auditPageSchema = z.object({
  limit: z.int().min(1).max(500),
  /** The `next` of the page before this one. */
  before: z.int().positive().optional(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** All of the filter but its text, as SQL over `audit_entries`. */
export function conditions(filter: AuditFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [];
  if (filter.actorType !== undefined) parts.push(sql`actor_type = ${filter.actorType}`);
  if (filter.actorId !== undefined) parts.push(actorCondition(filter.actorId));
  if (filter.act !== undefined) parts.push(actCondition(filter.act));
  if (filter.subjectType !== undefined) parts.push(sql`subject_type = ${filter.subjectType}`);
  if (filter.subjectId !== undefined) parts.push(sql`subject_id = ${filter.subjectId}`);
  if (filter.from !== undefined) parts.push(sql`at >= ${filter.from}::timestamptz`);
  if (filter.to !== undefined) parts.push(sql`at < ${filter.to}::timestamptz`);
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}

/** The filter's text as SQL; null when it has none. Reads each entry, so it comes after everything else. */
export function textCondition(filter: AuditFilter): RawBuilder<unknown> | null {
  const words = searchWords(filter.text ?? '');
  if (words.length === 0) return null;
  return sql.join(
    words.map((word) => sql`${searched} like ${`%${likeText(word)}%`}`),
    sql` and `,
  );
}

/** The type is in the id of all but users; told here, because the index holds users alone. */
function actorCondition(id: string): RawBuilder<unknown> {
  const isUser = !id.startsWith('vendor:') && !id.startsWith('system:');
  return isUser ? sql`(actor_id = ${id} and actor_type = 'user')` : sql`actor_id = ${id}`;
}

function actCondition(act: string): RawBuilder<unknown> {
  return act.endsWith('*') ? sql`act like ${`${likeText(act.slice(0, -1))}%`}` : sql`act = ${act}`;
}

/** What text is looked for in. */
const searched = sql`lower(concat_ws(' ', actor_name, act, subject_type, subject_id, after::text, before::text))`;

/** `Mar lop` → `mar`, `lop`. */
export function searchWords(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Text for LIKE that means itself. */
function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
