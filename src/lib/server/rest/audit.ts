import type * as z from 'zod';
import type { listAuditSchema } from '#contracts/api/requests';
import { PlumblineError } from '#platform/errors';
import type { Api } from '../router.ts';

/** The log as the audit screen reads it; the cursor is the sequence of the last entry looked at. */
export async function listAudit(api: Pick<Api, 'audit'>, asked: z.output<typeof listAuditSchema>) {
  const { act, actorType, subjectType, subjectId, from, to, q, limit, cursor } = asked;
  const { rows, next } = await api.audit.list({
    query: {
      text: q ?? '',
      actorType: actorType ?? null,
      act: act ?? null,
      subjectType: subjectType ?? null,
      subjectId: subjectId ?? null,
      from: from ?? null,
      to: to ?? null,
    },
    limit,
    before: cursor === undefined ? null : readCursor(cursor),
  });
  return { data: rows, next: next === null ? null : Buffer.from(`s${next}`).toString('base64url') };
}

function readCursor(text: string): number {
  const sequence = /^s([1-9]\d{0,14})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (sequence !== undefined) return Number(sequence);
  throw new PlumblineError({
    kind: 'malformed',
    code: 'api.audit_cursor_unreadable',
    detail: 'The cursor is not one of this list. Start again without one.',
  });
}
