import { sql, type RawBuilder } from 'kysely';
import type { Id, TenantId, UserId } from '#contracts/ids';
import type { Area } from '#contracts/roles';
import type { ApprovalKind, ApprovalState, ApprovalView } from '#contracts/screens/approvals';
import type { Instant } from '#contracts/time';
import type { Scope } from '#domain/identity';
import type { Tx } from '#platform/postgres';
import { approvableAreas } from './policy.ts';
import type { ApprovalRequest } from './request.ts';

interface Row {
  id: Id<'approval'>;
  kind: ApprovalKind;
  state: ApprovalState;
  areas: Area[];
  division_ids: string[] | null;
  location_ids: string[] | null;
  payload: unknown;
  title: string;
  effects: string[];
  reason: string;
  about_user_id: UserId | null;
  requested_by: UserId;
  requested_name: string;
  requested_at: Date;
  expires_at: Date;
  decided_by: UserId | null;
  decided_name: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
  closed_at: Date | null;
  outcome: string;
}

function toRequest(row: Row): ApprovalRequest {
  const { id, kind, state, areas, payload, title, effects, reason, outcome } = row;
  return {
    id,
    kind,
    state,
    areas,
    payload,
    title,
    effects,
    reason,
    outcome,
    divisionIds: row.division_ids,
    locationIds: row.location_ids,
    aboutUserId: row.about_user_id,
    requestedBy: { id: row.requested_by, name: row.requested_name },
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decision:
      row.decided_by === null || row.decided_at === null
        ? null
        : {
            by: { id: row.decided_by, name: row.decided_name ?? '' },
            at: row.decided_at.toISOString(),
            reason: row.decision_reason ?? '',
          },
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

export async function insertRequest(tx: Tx, tenantId: TenantId, request: ApprovalRequest): Promise<void> {
  const { requestedBy: by } = request;
  await sql`
    insert into approval_requests (tenant_id, id, kind, state, areas, division_ids, location_ids, payload, title, effects,
      reason, about_user_id, requested_by, requested_name, requested_at, expires_at)
    values (${tenantId}, ${request.id}, ${request.kind}, 'requested', ${request.areas}::text[],
      ${request.divisionIds}::text[], ${request.locationIds}::text[], ${JSON.stringify(request.payload)}::jsonb,
      ${request.title}, ${request.effects}::text[], ${request.reason}, ${request.aboutUserId}, ${by.id}, ${by.name},
      ${request.requestedAt}::timestamptz, ${request.expiresAt}::timestamptz)`.execute(tx);
}

/** Waits for whoever holds it: the state read is the state until the transaction ends. */
export async function lockRequest(tx: Tx, id: string): Promise<ApprovalRequest | null> {
  const { rows } = await sql<Row>`select * from approval_requests where id = ${id} for update`.execute(tx);
  return rows[0] === undefined ? null : toRequest(rows[0]);
}

export type RequestChange = Pick<
  ApprovalRequest,
  'state' | 'expiresAt' | 'decision' | 'closedAt' | 'outcome'
>;

export async function updateRequest(tx: Tx, id: string, change: RequestChange): Promise<void> {
  const { decision } = change;
  await sql`
    update approval_requests set state = ${change.state}, expires_at = ${change.expiresAt}::timestamptz,
      decided_by = ${decision?.by.id ?? null}, decided_name = ${decision?.by.name ?? null},
      decided_at = ${decision?.at ?? null}::timestamptz, decision_reason = ${decision?.reason ?? null},
      closed_at = ${change.closedAt}::timestamptz, outcome = ${change.outcome}
    where id = ${id}`.execute(tx);
}

/** Open ones past their time, of the transaction's tenant; locked, those that others hold left out. */
export async function lockOverdue(tx: Tx, at: Instant, limit: number): Promise<ApprovalRequest[]> {
  const { rows } = await sql<Row>`
    select * from approval_requests where state in ('requested', 'approved') and expires_at <= ${at}::timestamptz
    order by expires_at limit ${limit} for update skip locked`.execute(tx);
  return rows.map(toRequest);
}

/** Companies with requests past their time. In a system transaction. */
export async function tenantsWithOverdue(tx: Tx, at: Instant): Promise<TenantId[]> {
  const { rows } = await sql<{ tenant_id: TenantId }>`
    select distinct tenant_id from approval_requests
    where state in ('requested', 'approved') and expires_at <= ${at}::timestamptz order by 1`.execute(tx);
  return rows.map((row) => row.tenant_id);
}

/** `mayKnow` as SQL, and the view: waiting for me to answer, my own open ones, or all there ever were. */
function shown(scope: Scope, view: ApprovalView, at: Instant): RawBuilder<boolean> {
  const mine = sql`requested_by = ${scope.userId}`;
  const approvable = sql`areas <@ ${approvableAreas(scope)}::text[]`;
  const open = sql`state in ('requested', 'approved') and expires_at > ${at}::timestamptz`;
  if (view === 'mine') return sql<boolean>`(${mine} and ${open})`;
  if (view === 'waiting')
    return sql<boolean>`(${approvable} and not ${mine} and state = 'requested' and expires_at > ${at}::timestamptz)`;
  return sql<boolean>`(${mine} or ${approvable})`;
}

export async function listRequests(
  tx: Tx,
  scope: Scope,
  view: ApprovalView,
  at: Instant,
  page: { readonly limit: number; readonly offset: number },
): Promise<ApprovalRequest[]> {
  const { rows } = await sql<Row>`
    select * from approval_requests where tenant_id = ${scope.tenantId} and ${shown(scope, view, at)}
    order by requested_at desc, id desc limit ${page.limit} offset ${page.offset}`.execute(tx);
  return rows.map(toRequest);
}

export async function countRequests(
  tx: Tx,
  scope: Scope,
  at: Instant,
): Promise<Record<ApprovalView, number>> {
  const { rows } = await sql<{ waiting: number; mine: number; all: number }>`
    select count(*) filter (where ${shown(scope, 'waiting', at)})::int as waiting,
      count(*) filter (where ${shown(scope, 'mine', at)})::int as mine,
      count(*) filter (where ${shown(scope, 'all', at)})::int as "all"
    from approval_requests where tenant_id = ${scope.tenantId}`.execute(tx);
  return rows[0] ?? { waiting: 0, mine: 0, all: 0 };
}
