import type { TenantId } from '#contracts/ids';
import type { ApprovalKind, ApprovalView } from '#contracts/screens/approvals';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { decisionDenied, kindNotHere, notYours, requestDenied } from './errors.ts';
import { approvalPolicy, refusalToDecide } from './policy.ts';
import type { ActResult, ApprovalAct, ApprovalRequest } from './request.ts';
import { actorOf, draftOf, expireOverdue, lockKnown, requireStep, take, toInstant } from './steps.ts';
import { countRequests, insertRequest, listRequests } from './store.postgres.ts';

export interface ApprovalsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What each kind does; a kind without an act cannot be asked for. */
  readonly acts: Readonly<Partial<Record<ApprovalKind, ApprovalAct>>>;
  /** Throws unless whoever acts confirmed lately who they are. Called outside any transaction. */
  requireFresh(context: ActContext): Promise<void>;
  /** Told after each committed step; a hint for screens. */
  onChanged(tenantId: TenantId): void;
}

/**
 * Dual control: one asks, another approves, it is done once. Every step is one transaction with its audit entry, and
 * waits for any other step of the same request, whichever process takes it. Throws `approvals.not_found` also for a
 * request that is not the viewer's to know, and `approvals.refused` with the reason for a step that the state forbids.
 */
export interface Approvals {
  /** Throws `approvals.request_denied` without the right, `approvals.kind_not_here`. */
  request(
    scope: Scope,
    order: { readonly kind: ApprovalKind; readonly payload: unknown; readonly reason: string },
    context: ActContext,
  ): Promise<ApprovalRequest>;
  /**
   * Approves or refuses. What runs at approval has run when this returns. Throws `approvals.decision_denied` by which
   * rule the viewer may not, and what `requireFresh` throws.
   */
  decide(
    scope: Scope,
    answer: { readonly id: string; readonly verdict: 'approve' | 'refuse'; readonly reason: string },
    context: ActContext,
  ): Promise<ApprovalRequest>;
  /** By the requester, while it is open. Throws `approvals.not_yours`. */
  withdraw(scope: Scope, id: string, context: ActContext): Promise<ApprovalRequest>;
  /** By the requester, once approved; they must still hold the right. Exactly one call gets the result. */
  run(scope: Scope, id: string, context: ActContext): Promise<ActResult>;
  list(
    scope: Scope,
    view: ApprovalView,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ requests: ApprovalRequest[]; counts: Record<ApprovalView, number> }>;
  /** Of those that wait for the viewer's answer. */
  countWaiting(scope: Scope): Promise<number>;
  /** Ends what ran out of time, for a job. @returns how many. */
  expireOverdue(context: ActContext): Promise<number>;
}

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { postgres, clock } = deps;
  const inTenant = <T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> =>
    postgres.asViewer(scope, (tx) => {
      postgres.afterCommit(() => deps.onChanged(scope.tenantId));
      return work(tx);
    });
  return {
    request: (scope, order, context) => inTenant(scope, (tx) => ask(deps, tx, scope, order, context)),
    decide: async (scope, answer, context) => {
      await deps.requireFresh(context);
      return inTenant(scope, (tx) => decide(deps, tx, scope, answer, context));
    },
    withdraw: (scope, id, context) => inTenant(scope, (tx) => withdraw(deps, tx, scope, id, context)),
    run: async (scope, id, context) => {
      await deps.requireFresh(context);
      return inTenant(scope, (tx) => fetchResult(deps, tx, scope, id, context));
    },
    list: (scope, view, page) =>
      postgres.asViewer(scope, async (tx) => {
        const at = clock.now();
        const counts = await countRequests(tx, scope, at);
        return { requests: await listRequests(tx, scope, view, at, page), counts };
      }),
    countWaiting: (scope) =>
      postgres.asTenant(scope.tenantId, async (tx) => (await countRequests(tx, scope, clock.now())).waiting),
    expireOverdue: (context) => expireOverdue(deps, context, deps.onChanged),
  };
}

async function ask(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  { kind, payload, reason }: { kind: ApprovalKind; payload: unknown; reason: string },
  context: ActContext,
): Promise<ApprovalRequest> {
  const act = actOf(deps, kind);
  const plan = await act.plan(tx, scope, payload);
  const { request: right, answerWithinMs } = approvalPolicy[kind];
  const missing = plan.areas.filter((area) => !can(scope, right, area));
  if (missing.length > 0) throw requestDenied(right, missing, scope.role);
  const nowMs = deps.clock.nowMs();
  const request: ApprovalRequest = {
    id: deps.ids.next('approval'),
    kind,
    state: 'requested',
    areas: plan.areas,
    divisionIds: scope.divisionIds,
    locationIds: scope.locationIds,
    payload,
    title: plan.title,
    effects: plan.effects,
    reason,
    aboutUserId: plan.aboutUserId ?? null,
    requestedBy: actorOf(scope, context),
    requestedAt: deps.clock.now(),
    expiresAt: toInstant(nowMs + answerWithinMs),
    decision: null,
    closedAt: null,
    outcome: '',
  };
  await insertRequest(tx, scope.tenantId, request);
  const { title, effects, expiresAt } = request;
  const draft = draftOf(request, 'request', context, {
    after: { kind, title, effects, reason, expiresAt, payload },
  });
  await deps.audit.append(tx, scope.tenantId, [draft]);
  return request;
}

async function decide(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  { id, verdict, reason }: { id: string; verdict: 'approve' | 'refuse'; reason: string },
  context: ActContext,
): Promise<ApprovalRequest> {
  const request = await lockKnown(deps, tx, scope, id);
  const denial = refusalToDecide(scope, request);
  if (denial !== null) throw decisionDenied(denial, scope.role);
  const at = deps.clock.now();
  const decision = { by: actorOf(scope, context), at, reason };
  const decided = await take(deps, tx, scope.tenantId, request, { event: verdict, context, decision });
  const { runs } = approvalPolicy[request.kind];
  if (decided.state !== 'approved' || runs !== 'at_approval' || decided === request) return decided;
  return (await carryOut(deps, tx, scope, decided, context)).request;
}

async function withdraw(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  id: string,
  context: ActContext,
): Promise<ApprovalRequest> {
  const request = await lockKnown(deps, tx, scope, id);
  if (request.requestedBy.id !== scope.userId) throw notYours();
  return take(deps, tx, scope.tenantId, request, { event: 'withdraw', context });
}

async function fetchResult(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  id: string,
  context: ActContext,
): Promise<ActResult> {
  const request = await lockKnown(deps, tx, scope, id);
  if (request.requestedBy.id !== scope.userId) throw notYours();
  const { request: right } = approvalPolicy[request.kind];
  const missing = request.areas.filter((area) => !can(scope, right, area));
  if (missing.length > 0) throw requestDenied(right, missing, scope.role);
  return (await carryOut(deps, tx, scope, request, context)).result;
}

async function carryOut(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  request: ApprovalRequest,
  context: ActContext,
): Promise<{ request: ApprovalRequest; result: ActResult }> {
  requireStep(request, 'run');
  const result = await actOf(deps, request.kind).run(tx, scope, request, context);
  const { outcome } = result;
  return {
    result,
    request: await take(deps, tx, scope.tenantId, request, { event: 'run', context, outcome }),
  };
}

function actOf({ acts }: ApprovalsDeps, kind: ApprovalKind): ApprovalAct {
  const act = acts[kind];
  if (act === undefined) throw kindNotHere(kind);
  return act;
}
