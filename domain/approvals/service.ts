import type { TenantId } from '#contracts/ids';
import type { Area } from '#contracts/roles';
import type { ApprovalKind, ApprovalView } from '#contracts/screens/approvals';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { decisionDenied, kindNotHere, notYours, requestDenied } from './errors.ts';
import { approvalPolicy, refusalToDecide } from './policy.ts';
import type { ActPlan, ActResult, ApprovalAct, ApprovalRequest } from './request.ts';
import { actorOf, draftOf, lockKnown, requireStep, take, toInstant } from './steps.ts';
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
}

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { postgres, clock } = deps;
  const inTenant = <T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> =>
    postgres.asViewer(scope, (tx) => {
      postgres.afterCommit(() => deps.onChanged(scope.tenantId));
      return work(tx);
    });
  return {
    request: async (scope, order, context) => {
      const plan = await actOf(deps, order.kind).plan(scope, order.payload);
      requireRight(scope, order.kind, plan.areas);
      const request = toRequest(deps, scope, { ...order, plan, context });
      await inTenant(scope, (tx) => insert(deps, tx, scope, request, context));
      return request;
    },
    decide: async (scope, answer, context) => {
      await deps.requireFresh(context);
      return inTenant(scope, (tx) => decide(deps, tx, scope, answer, context));
    },
    withdraw: (scope, id, context) => inTenant(scope, (tx) => withdraw(deps, tx, scope, id, context)),
    run: async (scope, id, context) => {
      await deps.requireFresh(context);
      const ready = (tx: Tx) => lockReady(deps, tx, scope, id);
      const approved = await postgres.asViewer(scope, ready);
      const result = await made(deps, scope, approved, context);
      await inTenant(scope, async (tx) => {
        const { outcome } = result;
        await take(deps, tx, scope.tenantId, await ready(tx), { event: 'run', context, outcome });
      });
      return result;
    },
    list: (scope, view, page) =>
      postgres.asViewer(scope, async (tx) => {
        const at = clock.now();
        const counts = await countRequests(tx, scope, at);
        return { requests: await listRequests(tx, scope, view, at, page), counts };
      }),
    countWaiting: (scope) =>
      postgres.asViewer(scope, async (tx) => (await countRequests(tx, scope, clock.now())).waiting),
  };
}

function requireRight(scope: Scope, kind: ApprovalKind, areas: readonly Area[]): void {
  const right = approvalPolicy[kind].request;
  const missing = areas.filter((area) => !can(scope, right, area));
  if (missing.length > 0) throw requestDenied(right, missing, scope);
}

function toRequest(
  { ids, clock }: ApprovalsDeps,
  scope: Scope,
  order: {
    readonly kind: ApprovalKind;
    readonly payload: unknown;
    readonly reason: string;
    readonly plan: ActPlan;
    readonly context: ActContext;
  },
): ApprovalRequest {
  const { kind, payload, reason, plan, context } = order;
  return {
    id: ids.next('approval'),
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
    requestedAt: clock.now(),
    expiresAt: toInstant(clock.nowMs() + approvalPolicy[kind].answerWithinMs),
    decision: null,
    closedAt: null,
    outcome: '',
  };
}

async function insert(
  deps: ApprovalsDeps,
  tx: Tx,
  scope: Scope,
  request: ApprovalRequest,
  context: ActContext,
): Promise<void> {
  await insertRequest(tx, scope.tenantId, request);
  const { kind, title, effects, reason, expiresAt, payload } = request;
  const after = { kind, title, effects, reason, expiresAt, payload };
  await deps.audit.append(tx, scope.tenantId, [draftOf(request, 'request', context, { after })]);
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
  if (denial !== null) throw decisionDenied(denial, scope);
  const at = deps.clock.now();
  const decision = { by: actorOf(scope, context), at, reason };
  const decided = await take(deps, tx, scope.tenantId, request, { event: verdict, context, decision });
  const { effect } = actOf(deps, request.kind);
  if (decided.state !== 'approved' || request.state === 'approved' || effect === undefined) return decided;
  const { outcome } = await effect(tx, scope, decided, context);
  return take(deps, tx, scope.tenantId, decided, { event: 'run', context, outcome });
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

/** The approved request, for whoever asked and still may. */
async function lockReady(deps: ApprovalsDeps, tx: Tx, scope: Scope, id: string): Promise<ApprovalRequest> {
  const request = await lockKnown(deps, tx, scope, id);
  if (request.requestedBy.id !== scope.userId) throw notYours();
  requireRight(scope, request.kind, request.areas);
  requireStep(request, 'run');
  return request;
}

function made(
  deps: ApprovalsDeps,
  scope: Scope,
  request: ApprovalRequest,
  context: ActContext,
): Promise<ActResult> {
  const { make } = actOf(deps, request.kind);
  if (make === undefined) throw kindNotHere(request.kind);
  return make(scope, request, context);
}

function actOf({ acts }: ApprovalsDeps, kind: ApprovalKind): ApprovalAct {
  const act = acts[kind];
  if (act === undefined) throw kindNotHere(kind);
  return act;
}
