import { tracked } from '@trpc/server';
import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import {
  approvalDecisionSchema,
  approvalPageInputSchema,
  approvalPageSchema,
  approvalRequestInputSchema,
  type ApprovalPage,
  type ApprovalRow,
  type ApprovalView,
} from '#contracts/screens/approvals';
import {
  decisionWords,
  isOverdue,
  refusalToDecide,
  type ApprovalRequest,
  type Approvals,
} from '#domain/approvals';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { actContextOf } from '../context.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface ApprovalsRouterDeps {
  readonly approvals: Approvals;
  readonly clock: Clock;
  /** Resolves when something about the company's requests changed, or after a while; rejects never. */
  changed(tenantId: string, signal: AbortSignal): Promise<void>;
}

const member = scopedProcedure('any-module', 'dual-control');
const idInput = z.object({ id: idSchema('approval') });
const fileSchema = z.object({ name: z.string(), type: z.string(), text: z.string() });

/** What two people do together: asked for here, answered here, done once. The rules are those of `#domain/approvals`. */
export function createApprovalsRouter(deps: ApprovalsRouterDeps) {
  const { approvals } = deps;
  return router({
    list: member
      .input(approvalPageInputSchema)
      .output(approvalPageSchema)
      .query(({ ctx: { scope }, input }) => readPage(deps, scope, input)),
    request: member
      .input(approvalRequestInputSchema)
      .output(idInput)
      .mutation(async ({ ctx, input: { order, reason } }) => {
        const { id } = await approvals.request(ctx.scope, { ...order, reason }, actContextOf(ctx));
        return { id };
      }),
    decide: member
      .input(approvalDecisionSchema)
      .output(z.object({ state: z.string(), outcome: z.string() }))
      .mutation(async ({ ctx, input }) => {
        const { state, outcome } = await approvals.decide(ctx.scope, input, actContextOf(ctx));
        return { state, outcome };
      }),
    withdraw: member
      .input(idInput)
      .output(z.object({ state: z.string() }))
      .mutation(async ({ ctx, input }) => {
        const { state } = await approvals.withdraw(ctx.scope, input.id, actContextOf(ctx));
        return { state };
      }),
    /** Hands out what was approved: once. */
    fetch: member
      .input(idInput)
      .output(z.object({ outcome: z.string(), file: fileSchema.nullable() }))
      .mutation(async ({ ctx, input }) => {
        const { outcome, file } = await approvals.run(ctx.scope, input.id, actContextOf(ctx));
        return { outcome, file: file ?? null };
      }),
    /** Counts up when something changed: a hint to read the list again. */
    follow: member.subscription(async function* ({ ctx, signal }) {
      const ended = signal ?? new AbortController().signal;
      for (let count = 1; !ended.aborted; count += 1) {
        await deps.changed(ctx.scope.tenantId, ended);
        yield tracked(String(count), { count });
      }
    }),
  });
}

async function readPage(
  { approvals, clock }: ApprovalsRouterDeps,
  scope: Scope,
  { view, offset, limit }: { view: ApprovalView; offset: number; limit: number },
): Promise<ApprovalPage> {
  const { requests, counts } = await approvals.list(scope, view, { limit, offset });
  const nowMs = clock.nowMs();
  return { total: counts[view], offset, counts, rows: requests.map((one) => toRow(scope, one, nowMs)) };
}

function toRow(scope: Scope, request: ApprovalRequest, nowMs: number): ApprovalRow {
  const {
    id,
    kind,
    title,
    effects,
    reason,
    requestedBy,
    requestedAt,
    expiresAt,
    decision,
    closedAt,
    outcome,
  } = request;
  const state = isOverdue(request, nowMs) ? 'expired' : request.state;
  const open = state === 'requested' || state === 'approved';
  const refusal = open ? refusalToDecide(scope, request) : null;
  const mine = requestedBy.id === scope.userId;
  return {
    id,
    kind,
    state,
    title,
    effects: [...effects],
    reason,
    requestedBy,
    requestedAt,
    expiresAt,
    decision,
    closedAt,
    outcome,
    mayDecide: open && refusal === null,
    denied: refusal === null ? '' : decisionWords(refusal, scope),
    mayWithdraw: open && mine,
    mayRun: state === 'approved' && mine,
  };
}
