import { sql } from 'kysely';
import type { Module } from '#contracts/modules';
import { can, type Scope } from '#domain/identity';
import { columns, type Tx } from '#platform/postgres';
import type { AlertCause, AlertKind, AlertSeverity, AlertStatus } from './alert.ts';

export interface Alert extends AlertCause {
  id: string;
  status: AlertStatus;
  raisedAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  ownerUserId: string | null;
  mutedUntil: string | null;
  resolvedAt: string | null;
}

interface AlertRow {
  id: string;
  kind: AlertKind;
  severity: AlertSeverity;
  status: AlertStatus;
  dedupe_key: string;
  module: Module | null;
  employee_id: string | null;
  division_id: string | null;
  location_id: string | null;
  rule_id: string | null;
  flag: Alert['flag'];
  hold: boolean;
  title: string;
  detail: string;
  citation: string | null;
  due_at: Date | null;
  raised_at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  owner_user_id: string | null;
  muted_until: Date | null;
  resolved_at: Date | null;
}

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    status: row.status,
    dedupeKey: row.dedupe_key,
    module: row.module,
    employeeId: row.employee_id as Alert['employeeId'],
    divisionId: row.division_id as Alert['divisionId'],
    locationId: row.location_id as Alert['locationId'],
    ruleId: row.rule_id,
    flag: row.flag,
    hold: row.hold,
    title: row.title,
    detail: row.detail,
    citation: row.citation,
    dueAt: row.due_at?.toISOString() ?? null,
    raisedAt: row.raised_at.toISOString(),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    ownerUserId: row.owner_user_id,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  };
}

/**
 * Raises each cause that has no open alert, and brings the words of an open one up to date (a graver cause also takes
 * back its acknowledgement). Answers the ids that are new.
 */
export async function upsertAlerts(
  tx: Tx,
  tenantId: string,
  causes: readonly (AlertCause & { id: string })[],
  at: string,
): Promise<ReadonlySet<string>> {
  if (causes.length === 0) return new Set();
  const of = <T>(read: (cause: AlertCause & { id: string }) => T) => causes.map(read);
  const ids = columns.text(of((cause) => cause.id));
  const result = await sql<{ id: string }>`
    with settled as (
    insert into alerts (tenant_id, raised_at, id, kind, severity, dedupe_key, module, employee_id, division_id,
      location_id, rule_id, flag, hold, title, detail, citation, due_at)
    select ${tenantId}, ${at}::timestamptz, a.* from unnest(
      ${ids}::text[],
      ${columns.text(of((cause) => cause.kind))}::text[],
      ${columns.text(of((cause) => cause.severity))}::text[],
      ${columns.text(of((cause) => cause.dedupeKey))}::text[],
      ${columns.text(of((cause) => cause.module))}::text[],
      ${columns.text(of((cause) => cause.employeeId))}::text[],
      ${columns.text(of((cause) => cause.divisionId))}::text[],
      ${columns.text(of((cause) => cause.locationId))}::text[],
      ${columns.text(of((cause) => cause.ruleId))}::text[],
      ${columns.text(of((cause) => cause.flag))}::text[],
      ${columns.boolean(of((cause) => cause.hold))}::boolean[],
      ${columns.text(of((cause) => cause.title))}::text[],
      ${columns.text(of((cause) => cause.detail))}::text[],
      ${columns.text(of((cause) => cause.citation))}::text[],
      ${columns.instant(of((cause) => cause.dueAt))}::timestamptz[]) as a
    on conflict (tenant_id, dedupe_key) where status <> 'resolved' do update set
      status = case when excluded.severity = 'critical' and alerts.severity <> 'critical' then 'open' else alerts.status end,
      severity = excluded.severity, rule_id = excluded.rule_id, flag = excluded.flag, hold = excluded.hold,
      title = excluded.title, detail = excluded.detail, citation = excluded.citation, due_at = excluded.due_at,
      division_id = excluded.division_id, location_id = excluded.location_id
    returning id)
    select id from settled where id = any(${ids}::text[])`.execute(tx);
  return new Set(result.rows.map((row) => row.id));
}

/** Ends the open alerts of these causes. */
export async function resolveAlerts(tx: Tx, dedupeKeys: readonly string[], at: string): Promise<string[]> {
  if (dedupeKeys.length === 0) return [];
  const result = await sql<{ id: string }>`
    update alerts set status = 'resolved', resolved_at = ${at}::timestamptz
    where status <> 'resolved' and dedupe_key = any(${dedupeKeys}::text[])
    returning id`.execute(tx);
  return result.rows.map((row) => row.id);
}

/**
 * What the viewer may see: modules with the right to view, people of the divisions or locations that the scope names
 * (both named: either counts, as everywhere), the own record only for own-record scopes. Alerts about no person are the
 * administration's.
 */
function visible(scope: Scope, viewableModules: readonly Module[]) {
  const everywhere = scope.divisionIds === null && scope.locationIds === null;
  return sql`(module = any(${viewableModules}::text[]) or (module is null and ${can(scope, 'view', 'administration')}))
    and (${everywhere} or employee_id is null
      or division_id = any(${scope.divisionIds ?? []}::text[]) or location_id = any(${scope.locationIds ?? []}::text[]))
    and (${scope.ownEmployeeId}::text is null or employee_id = ${scope.ownEmployeeId})`;
}

export interface AlertFilter {
  statuses: readonly AlertStatus[];
  modules: readonly Module[];
  severity?: AlertSeverity;
  ownerUserId?: string;
  employeeId?: string;
  includeMuted: boolean;
  onlyMuted?: boolean;
  /** Now, for mutes. */
  at: string;
}

function matches(filter: AlertFilter) {
  return sql`status = any(${filter.statuses}::text[])
    and (${filter.severity ?? null}::text is null or severity = ${filter.severity ?? null})
    and (${filter.ownerUserId ?? null}::text is null or owner_user_id = ${filter.ownerUserId ?? null})
    and (${filter.employeeId ?? null}::text is null or employee_id = ${filter.employeeId ?? null})
    and (${filter.includeMuted} or muted_until is null or muted_until <= ${filter.at}::timestamptz)
    and (${!filter.onlyMuted} or muted_until > ${filter.at}::timestamptz)`;
}

/** One page, gravest and newest first. */
export async function listAlerts(
  tx: Tx,
  scope: Scope,
  filter: AlertFilter,
  page: { limit: number; offset: number },
): Promise<Alert[]> {
  const result = await sql<AlertRow>`
    select * from alerts where ${visible(scope, filter.modules)} and ${matches(filter)}
    order by case severity when 'critical' then 0 when 'warning' then 1 else 2 end, raised_at desc, id
    limit ${page.limit} offset ${page.offset}`.execute(tx);
  return result.rows.map(toAlert);
}

export async function countAlerts(tx: Tx, scope: Scope, filter: AlertFilter): Promise<number> {
  const result = await sql<{ count: string }>`
    select count(*) from alerts where ${visible(scope, filter.modules)} and ${matches(filter)}`.execute(tx);
  return Number(result.rows[0]?.count ?? 0);
}

/** The alerts among `ids` that the viewer may see, locked for a change. */
export async function lockAlerts(
  tx: Tx,
  scope: Scope,
  modules: readonly Module[],
  ids: readonly string[],
): Promise<Alert[]> {
  const result = await sql<AlertRow>`
    select * from alerts where id = any(${ids}::text[]) and ${visible(scope, modules)} order by id for update`.execute(
    tx,
  );
  return result.rows.map(toAlert);
}

export async function updateAlert(
  tx: Tx,
  id: string,
  change: Pick<
    Alert,
    'status' | 'ownerUserId' | 'mutedUntil' | 'acknowledgedAt' | 'acknowledgedBy' | 'resolvedAt'
  >,
): Promise<void> {
  await sql`
    update alerts set status = ${change.status}, owner_user_id = ${change.ownerUserId},
      muted_until = ${change.mutedUntil}::timestamptz, acknowledged_at = ${change.acknowledgedAt}::timestamptz,
      acknowledged_by = ${change.acknowledgedBy}, resolved_at = ${change.resolvedAt}::timestamptz
    where id = ${id}`.execute(tx);
}
