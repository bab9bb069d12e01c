import { sql } from 'kysely';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { ActContext, Audit } from '#domain/audit';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { NewRecord, Outbox } from '#platform/event-log';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import {
  countReviews,
  listReviews,
  lockReviews,
  maySettle,
  type ReviewFilter,
  type ReviewItem,
  type ReviewSight,
} from './list.postgres.ts';

export interface ReviewsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly outbox: Pick<Outbox, 'add'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The queue of what needs a person. Opened and closed by the policy driver (`syncReviews`), settled here. */
export interface Reviews {
  list(
    scope: Scope,
    sight: ReviewSight,
    filter: ReviewFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ items: ReviewItem[]; total: number }>;
  count(scope: Scope, sight: ReviewSight, filter: ReviewFilter): Promise<number>;
  /**
   * Settles open items with a reason, audited. The module is told by an event of its own (`human_review.resolved`),
   * which takes the way of all events: the record's question closes and the flag is decided again on what is known.
   * Items that the viewer may see but not settle are answered in `refused`. Throws `reviews.not_found` when none of them
   * is open in the viewer's sight.
   */
  settle(
    scope: Scope,
    sight: ReviewSight,
    order: { readonly ids: readonly string[]; readonly note: string },
    context: ActContext,
  ): Promise<{ settled: number; refused: { id: string; reason: string }[] }>;
}

export function createReviews(deps: ReviewsDeps): Reviews {
  const { postgres } = deps;
  return {
    list: (scope, sight, filter, page) =>
      postgres.asViewer(scope, async (tx) => ({
        items: await listReviews(tx, scope, sight, filter, page),
        total: await countReviews(tx, scope, sight, filter),
      })),
    count: (scope, sight, filter) => postgres.asViewer(scope, (tx) => countReviews(tx, scope, sight, filter)),
    settle: (scope, sight, order, context) =>
      postgres.asViewer(scope, async (tx) => {
        const found = await lockReviews(tx, scope, sight, order.ids);
        if (found.length === 0) throw notFound();
        const mine = found.filter((item) => maySettle(scope, item.module));
        await close(deps, tx, scope, mine, order.note, context);
        return {
          settled: mine.length,
          refused: found
            .filter((item) => !mine.includes(item))
            .map(({ id }) => ({ id, reason: 'Your role may look at this module, not change it.' })),
        };
      }),
  };
}

async function close(
  deps: ReviewsDeps,
  tx: Tx,
  scope: Scope,
  items: readonly ReviewItem[],
  note: string,
  context: ActContext,
): Promise<void> {
  if (items.length === 0) return;
  const at = deps.clock.now();
  await sql`update review_items set status = 'resolved', resolved_at = ${at}::timestamptz, resolved_by = ${scope.userId},
    note = ${note} where id = any(${items.map((item) => item.id)}::text[])`.execute(tx);
  // A person's own module keeps no open question: there the settled item is all.
  const told = items.filter((item) => item.module !== 'people');
  await deps.outbox.add(
    tx,
    told.map((item) => toRecord(resolvedEvent(deps, scope, item, note, at))),
  );
  await deps.audit.append(
    tx,
    scope.tenantId,
    items.map((item) => ({
      ...context,
      act: 'reviews:item:resolve',
      subject: { type: 'review_item', id: item.id },
      before: { status: 'open', eventId: item.eventId, employeeId: item.employeeId, reason: item.reason },
      after: { status: 'resolved', note },
    })),
  );
}

function resolvedEvent(
  { ids }: ReviewsDeps,
  scope: Scope,
  item: ReviewItem,
  note: string,
  at: string,
): ComplianceEvent {
  return {
    id: ids.next('event'),
    schemaVersion: 1,
    tenantId: scope.tenantId,
    employeeId: item.employeeId,
    module: item.module,
    type: 'human_review.resolved',
    subjectRef: item.subjectRef,
    occurredAt: at,
    receivedAt: at,
    version: 0,
    source: { vendor: 'app', endpointId: null, dedupeKey: `review ${item.id} ${at}`, rawRef: null },
    payload: { note, eventIds: [item.eventId] },
    review: null,
  };
}

function toRecord(event: ComplianceEvent): NewRecord {
  return {
    topic: `compliance.${event.module}.${event.type}`,
    key: event.employeeId,
    value: Buffer.from(JSON.stringify(event)),
    headers: { tenantId: event.tenantId, eventId: event.id },
  };
}

function notFound(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'reviews.not_found',
    detail: 'None of these questions is open among those you see. Read the queue again.',
  });
}
