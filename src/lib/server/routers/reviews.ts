import {
  reviewPageInputSchema,
  reviewPageSchema,
  reviewSettleResultSchema,
  reviewSettleSchema,
  type ReviewPage,
  type ReviewQuery,
  type ReviewRow,
} from '#contracts/screens/reviews';
import { modules } from '#contracts/modules';
import type { Scope } from '#domain/identity';
import { maySettle, readableModules, type ReviewItem, type Reviews } from '#domain/reviews';
import { actContextOf } from '../context.ts';
import { eventTitle, vendorName } from '../person/event-words.ts';
import { lookOnly } from '../rights.ts';
import { router, scopedProcedure } from '../trpc.ts';
import { seesMasked } from '../visibility.ts';

export interface ReviewsRouterDeps {
  readonly reviews: Reviews;
  /** Names of users by id; those who are gone are left out. */
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export const sightOf = (scope: Scope) => ({ tellSecrets: seesMasked(scope) });

export function createReviewsRouter(deps: ReviewsRouterDeps) {
  return router({
    /** What needs a person: unknown words, payloads that do not fit, facts that a record could not take. */
    list: scopedProcedure('any-module', 'view')
      .input(reviewPageInputSchema)
      .output(reviewPageSchema)
      .query(({ ctx: { scope }, input }) => listPage(deps, scope, input)),
    /** Settles some with one reason; those that the viewer may only look at are told back. */
    settle: scopedProcedure('any-module', 'write')
      .input(reviewSettleSchema)
      .output(reviewSettleResultSchema)
      .mutation(({ ctx, input }) =>
        deps.reviews.settle(ctx.scope, sightOf(ctx.scope), input, actContextOf(ctx)),
      ),
  });
}

async function listPage(
  { reviews, userNames }: ReviewsRouterDeps,
  scope: Scope,
  { query, offset, limit }: { query: ReviewQuery; offset: number; limit: number },
): Promise<ReviewPage> {
  const sight = sightOf(scope);
  const other = query.status === 'open' ? 'resolved' : 'open';
  const [{ items, total }, others] = await Promise.all([
    reviews.list(scope, sight, query, { limit, offset }),
    reviews.count(scope, sight, { ...query, status: other }),
  ]);
  const users = items.map((item) => item.resolvedBy).filter((id) => id !== null);
  const names = await userNames(scope.tenantId, [...new Set(users)]);
  const readable = readableModules(scope);
  return {
    total,
    offset,
    counts: query.status === 'open' ? { open: total, resolved: others } : { open: others, resolved: total },
    rows: items.map((item) => toRow(scope, item, names)),
    modules: [...modules, 'people' as const].filter((module) => readable.includes(module)),
  };
}

function toRow(scope: Scope, item: ReviewItem, names: ReadonlyMap<string, string>): ReviewRow {
  const { id, employeeId, name, module, reason, status, occurredAt, createdAt, resolvedAt, note } = item;
  return {
    id,
    employeeId,
    name,
    module,
    title: eventTitle({ type: item.eventType }),
    vendorName: vendorName(item.vendor),
    word: item.field === '' ? null : { field: item.field, value: item.value },
    reason,
    status,
    occurredAt,
    createdAt,
    resolvedAt,
    resolvedBy: item.resolvedBy === null ? null : (names.get(item.resolvedBy) ?? 'a former user'),
    note,
    denied: maySettle(scope, module) ? '' : lookOnly([module], scope),
  };
}
