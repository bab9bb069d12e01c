import * as z from 'zod';
import { sql } from 'kysely';
import type { EmployeeId, EventId, Id } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Postgres, Tx } from '#platform/postgres';

export const reviewFilterSchema = z.object({
  status: z.enum(['open', 'resolved']).optional(),
  module: z.string().max(40).optional(),
  employeeId: z.string().max(60).optional(),
});
export type ReviewFilter = z.infer<typeof reviewFilterSchema>;

/** A word that nobody understood, on an event that went on with its mark. */
export interface ReviewItem {
  readonly id: Id<'reviewItem'>;
  readonly eventId: EventId;
  readonly employeeId: EmployeeId;
  readonly module: string;
  readonly eventType: string;
  readonly subjectRef: string;
  readonly vendor: string;
  readonly field: string;
  readonly value: string;
  readonly reason: string;
  readonly status: 'open' | 'resolved';
  readonly occurredAt: string;
  readonly createdAt: string;
  readonly note: string | null;
}

export interface Reviews {
  list(
    scope: Scope,
    filter: ReviewFilter,
    page: { limit: number; offset: number },
  ): Promise<{ items: ReviewItem[]; total: number }>;
  /**
   * Closes items in the caller's transaction, which also sends the module's own `….review_resolved` event. Answers the
   * items closed.
   */
  resolve(
    tx: Tx,
    scope: Scope,
    ids: readonly string[],
    note: string,
    context: ActContext,
  ): Promise<ReviewItem[]>;
}

interface Row {
  id: Id<'reviewItem'>;
  event_id: EventId;
  employee_id: EmployeeId;
  module: string;
  event_type: string;
  subject_ref: string;
  vendor: string;
  field: string;
  value: string;
  reason: string;
  status: ReviewItem['status'];
  occurred_at: Date;
  created_at: Date;
  note: string | null;
}

export function createReviews(deps: { postgres: Postgres; audit: Audit; clock: Clock }): Reviews {
  return {
    async list(scope, filter, page) {
      if (!can(scope, 'view', 'administration')) throw notPermitted();
      return deps.postgres.asTenant(scope.tenantId, (tx) => listItems(tx, filter, page));
    },
    async resolve(tx, scope, ids, note, context) {
      if (!can(scope, 'write', 'administration')) throw notPermitted();
      const { rows } =
        await sql<Row>`update review_items set status = 'resolved', resolved_at = ${deps.clock.now()},
        resolved_by = ${scope.userId}, note = ${note} where status = 'open' and id = any(${[...ids]}) returning *`.execute(
          tx,
        );
      const drafts = rows.map((row) => ({
        ...context,
        act: 'ingest:review_item:resolve',
        subject: { type: 'review_item', id: row.id },
        after: { note },
      }));
      if (drafts.length > 0) await deps.audit.append(tx, scope.tenantId, drafts);
      return rows.map(toItem);
    },
  };
}

async function listItems(
  tx: Tx,
  filter: ReviewFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ReviewItem[]; total: number }> {
  const where = sql`(${filter.status ?? null}::text is null or status = ${filter.status ?? null})
    and (${filter.module ?? null}::text is null or module = ${filter.module ?? null})
    and (${filter.employeeId ?? null}::text is null or employee_id = ${filter.employeeId ?? null})`;
  const { rows } = await sql<Row>`select * from review_items where ${where}
    order by created_at desc, id desc limit ${Math.min(page.limit, 500)} offset ${page.offset}`.execute(tx);
  const counted = await sql<{
    total: string;
  }>`select count(*) as total from review_items where ${where}`.execute(tx);
  return { items: rows.map(toItem), total: Number(counted.rows[0]?.total ?? 0) };
}

function notPermitted(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'ingest.reviews_not_permitted',
    detail:
      'Your role does not settle words that vendors use; that is for those who administer integrations.',
  });
}

function toItem(row: Row): ReviewItem {
  return {
    id: row.id,
    eventId: row.event_id,
    employeeId: row.employee_id,
    module: row.module,
    eventType: row.event_type,
    subjectRef: row.subject_ref,
    vendor: row.vendor,
    field: row.field,
    value: row.value,
    reason: row.reason,
    status: row.status,
    occurredAt: row.occurred_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    note: row.note,
  };
}
