import { sql } from 'kysely';
import { systemContext, type AuditDraft } from '#domain/audit';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';

/** What applying some events did to the open questions. Both name applied events. */
export interface ReviewChanges {
  readonly opened: readonly { readonly eventId: string; readonly reason: string }[];
  /** Events about which nothing is open any more: a later event answered, or a person did. */
  readonly closed: readonly string[];
}

const context = systemContext('reviews');

/**
 * Brings the queue up to date in the transaction that applied the events. An item that the record had closed by itself
 * opens again when the record asks again; what a person settled stays settled. Answers the audit drafts.
 */
export async function syncReviews(
  tx: Tx,
  tenantId: string,
  changes: ReviewChanges,
  { ids, at }: { ids: Ids; at: string },
): Promise<AuditDraft[]> {
  const closed = changes.closed.length === 0 ? [] : await close(tx, changes.closed, at);
  const opened = changes.opened.length === 0 ? [] : await open(tx, tenantId, changes.opened, { ids, at });
  return [
    ...opened.map((item) => ({
      ...context,
      act: 'reviews:item:open',
      subject: { type: 'review_item', id: item.id },
      after: { eventId: item.event_id, employeeId: item.employee_id, module: item.module },
    })),
    ...closed.map((item) => ({
      ...context,
      act: 'reviews:item:close',
      subject: { type: 'review_item', id: item.id },
      after: { eventId: item.event_id, because: 'the record no longer asks' },
    })),
  ];
}

interface Touched {
  id: string;
  event_id: string;
  employee_id: string;
  module: string;
}

async function open(
  tx: Tx,
  tenantId: string,
  opened: ReviewChanges['opened'],
  { ids, at }: { ids: Ids; at: string },
): Promise<Touched[]> {
  // One event can be asked about once, whatever asks.
  const unique = [...new Map(opened.map((one) => [one.eventId, one])).values()];
  const result = await sql<Touched>`
    insert into review_items as r (tenant_id, id, event_id, employee_id, module, event_type, subject_ref, endpoint_id,
      vendor, dedupe_key, field, value, reason, occurred_at, created_at)
    select ${tenantId}, n.id, e.id, e.employee_id, e.module, e.type, e.subject_ref, e.endpoint_id, e.vendor, e.dedupe_key,
      coalesce(e.review->>'field', ''), coalesce(e.review->>'value', ''), coalesce(e.review->>'reason', n.reason),
      e.occurred_at, ${at}::timestamptz
    from unnest(${unique.map(() => ids.next('reviewItem'))}::text[], ${unique.map((one) => one.eventId)}::text[],
      ${unique.map((one) => one.reason)}::text[]) as n(id, event_id, reason)
    join compliance_events e on e.tenant_id = ${tenantId} and e.id = n.event_id
    on conflict (tenant_id, vendor, dedupe_key) do update set status = 'open', resolved_at = null, note = null,
      reason = excluded.reason
      where r.status = 'resolved' and r.resolved_by is null
    returning id, event_id, employee_id, module`.execute(tx);
  return result.rows;
}

async function close(tx: Tx, eventIds: readonly string[], at: string): Promise<Touched[]> {
  const result = await sql<Touched>`
    update review_items set status = 'resolved', resolved_at = ${at}::timestamptz,
      note = 'A later event answered the question.'
    where status = 'open' and event_id = any(${[...eventIds]}::text[])
    returning id, event_id, employee_id, module`.execute(tx);
  return result.rows;
}
