import type { TenantId, UserId } from '#contracts/ids';
import type { ActContext, Audit, AuditDraft } from '#domain/audit';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { step } from '#platform/state-machine';
import { actorMissing, notFound, refused } from './errors.ts';
import { approvalMachine, type ApprovalEvent } from './machine.ts';
import { approvalPolicy, mayKnow } from './policy.ts';
import type { ApprovalRequest } from './request.ts';
import {
  lockOverdue,
  lockRequest,
  tenantsWithOverdue,
  updateRequest,
  type RequestChange,
} from './store.postgres.ts';

export interface StepDeps {
  readonly audit: Audit;
  readonly clock: Clock;
}

/** One step of a locked request, by whom, and what is kept of it. */
export interface Taken {
  readonly event: ApprovalEvent;
  readonly context: ActContext;
  readonly decision?: RequestChange['decision'];
  readonly outcome?: string;
}

/** Takes the step with its audit entry; a duplicate changes and records nothing. Throws `approvals.refused`. */
export async function take(
  deps: StepDeps,
  tx: Tx,
  tenantId: TenantId,
  request: ApprovalRequest,
  { event, context, decision, outcome }: Taken,
): Promise<ApprovalRequest> {
  const state = requireStep(request, event);
  if (state === request.state) return request;
  const open = state === 'approved';
  const change: RequestChange = {
    state,
    decision: decision ?? request.decision,
    outcome: outcome ?? '',
    closedAt: open ? null : deps.clock.now(),
    expiresAt: open
      ? toInstant(deps.clock.nowMs() + approvalPolicy[request.kind].runWithinMs)
      : request.expiresAt,
  };
  await updateRequest(tx, request.id, change);
  const { kind, title, requestedBy } = request;
  const draft = draftOf(request, event, context, {
    before: { state: request.state },
    after: {
      state,
      kind,
      title,
      requestedBy,
      ...(decision && { reason: decision.reason }),
      ...(outcome !== undefined && { outcome, approvedBy: request.decision?.by }),
    },
  });
  await deps.audit.append(tx, tenantId, [draft]);
  return { ...request, ...change };
}

/** The state after the event. Throws `approvals.refused` where the machine refuses. */
export function requireStep(request: ApprovalRequest, event: ApprovalEvent): ApprovalRequest['state'] {
  const { state, outcome } = step(approvalMachine, request.state, event, {});
  if (typeof outcome === 'string') return state;
  throw refused('refused' in outcome ? outcome.refused : outcome.review);
}

const acts = {
  request: 'approvals:request:make',
  approve: 'approvals:request:approve',
  refuse: 'approvals:request:refuse',
  withdraw: 'approvals:request:withdraw',
  expire: 'approvals:request:expire',
  run: 'approvals:request:run',
} as const satisfies Record<ApprovalEvent | 'request', string>;

export function draftOf(
  { id }: Pick<ApprovalRequest, 'id'>,
  event: keyof typeof acts,
  context: ActContext,
  told: Pick<AuditDraft, 'before' | 'after'>,
): AuditDraft {
  return { ...context, act: acts[event], subject: { type: 'approval', id }, ...told };
}

/** The request, held until the transaction ends. Throws `approvals.not_found`, and `approvals.refused` past its time. */
export async function lockKnown(deps: StepDeps, tx: Tx, scope: Scope, id: string): Promise<ApprovalRequest> {
  const request = await lockRequest(tx, id);
  if (request === null || !mayKnow(scope, request)) throw notFound(id);
  if (isOverdue(request, deps.clock.nowMs())) throw refused(approvalMachine.refusals.expired);
  return request;
}

export function isOverdue(request: ApprovalRequest, nowMs: number): boolean {
  const open = request.state === 'requested' || request.state === 'approved';
  return open && Date.parse(request.expiresAt) <= nowMs;
}

const overdueBatch = 200;

/** Ends what ran out of time, for a job of the worker. @returns how many. */
export async function expireOverdue(
  deps: StepDeps & { readonly postgres: Postgres },
  context: ActContext,
  onChanged: (tenantId: TenantId) => void,
): Promise<number> {
  const { postgres, clock } = deps;
  const tenants = await postgres.asSystem((tx) => tenantsWithOverdue(tx, clock.now()));
  let ended = 0;
  for (const tenantId of tenants) {
    ended += await postgres.asTenant(tenantId, async (tx) => {
      const overdue = await lockOverdue(tx, clock.now(), overdueBatch);
      for (const request of overdue) await take(deps, tx, tenantId, request, { event: 'expire', context });
      if (overdue.length > 0) postgres.afterCommit(() => onChanged(tenantId));
      return overdue.length;
    });
  }
  return ended;
}

export const toInstant = (ms: number): string => new Date(ms).toISOString();

export function actorOf(scope: Scope, { actor }: ActContext): { id: UserId; name: string } {
  if (actor.type !== 'user' || actor.id !== scope.userId) throw actorMissing();
  return { id: scope.userId, name: actor.name };
}
