import { sql, type RawBuilder } from 'kysely';
import type { EventModule } from '#contracts/compliance-event';
import type { EmployeeId, EventId, Id } from '#contracts/ids';
import { modules } from '#contracts/modules';
import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import { can, canChangeRoster, visibilityOf, type Scope } from '#domain/identity';
import { visibleEmployees } from '#domain/people';
import type { Tx } from '#platform/postgres';

/** Something that a module could not take, on an event that is kept. */
export interface ReviewItem {
  readonly id: Id<'reviewItem'>;
  readonly eventId: EventId;
  readonly employeeId: EmployeeId;
  readonly name: string;
  readonly module: EventModule;
  readonly eventType: string;
  readonly subjectRef: string;
  readonly vendor: string;
  /** The vendor's field and word, when it is a word that nobody knows; else empty. */
  readonly field: string;
  readonly value: string;
  readonly reason: string;
  readonly status: 'open' | 'resolved';
  readonly occurredAt: string;
  readonly createdAt: string;
  readonly resolvedAt: string | null;
  /** User id; null with a `resolvedAt` = a later event answered it. */
  readonly resolvedBy: string | null;
  readonly note: string | null;
}

export interface ReviewFilter {
  readonly status: 'open' | 'resolved';
  readonly module: EventModule | null;
  readonly employeeId: EmployeeId | null;
}

interface Row {
  id: Id<'reviewItem'>;
  event_id: EventId;
  employee_id: EmployeeId;
  first_name: string;
  last_name: string;
  module: EventModule;
  event_type: string;
  subject_ref: string;
  vendor: string;
  field: string;
  value: string;
  reason: string;
  status: ReviewItem['status'];
  occurred_at: Date;
  created_at: Date;
  resolved_at: Date | null;
  resolved_by: string | null;
  note: string | null;
}

/** Modules whose questions the viewer may read: an item names the person and what a vendor said. Nobody reads their own. */
export function readableModules(scope: Scope): EventModule[] {
  if (scope.ownEmployeeId !== null) return [];
  const seen: EventModule[] = modules.filter((module) => visibilityOf(scope, module) === 'full');
  return canChangeRoster(scope) ? [...seen, 'people'] : seen;
}

/** Whether the viewer may answer questions of this module. */
export function maySettle(scope: Scope, module: EventModule): boolean {
  if (scope.ownEmployeeId !== null) return false;
  return module === 'people' ? canChangeRoster(scope) : can(scope, 'write', module);
}

/**
 * What the viewer may know of: readable modules, people in scope, and of drug and alcohol tests nothing that only the
 * DER may know (an order before its notice; a laboratory's steps and results that no MRO has verified).
 */
function visible(scope: Scope, tellSecrets: boolean): RawBuilder<boolean> {
  const told = sql<boolean>`exists (select 1 from compliance_events n where n.tenant_id = r.tenant_id
      and n.employee_id = r.employee_id and n.module = r.module and n.subject_ref = r.subject_ref
      and n.type like 'test.%' and n.type <> all(${[...eventsBeforeNotice]}::text[]))`;
  const unannounced = sql<boolean>`exists (select 1 from compliance_events o where o.tenant_id = r.tenant_id
      and o.employee_id = r.employee_id and o.module = r.module and o.subject_ref = r.subject_ref
      and o.payload->'test'->>'reason' = any(${[...unannouncedReasons]}::text[]))`;
  const unverified = sql<boolean>`(r.event_type = any(${[...laboratorySteps]}::text[])
      or (r.event_type like 'test.mro\\_%' and exists (select 1 from compliance_events c where c.tenant_id = r.tenant_id
        and c.id = r.event_id and c.payload->>'channel' is distinct from 'mro')))`;
  return sql<boolean>`(r.module = any(${readableModules(scope)}::text[]) and ${visibleEmployees(scope, 'e')}
    and (r.module <> 'drug_alcohol' or ${tellSecrets}
      or (not ${unverified} and (${told} or not ${unannounced}))))`;
}

/** Whether what only the DER may know is told to this viewer. */
export interface ReviewSight {
  readonly tellSecrets: boolean;
}

function matching(scope: Scope, sight: ReviewSight, filter: ReviewFilter): RawBuilder<unknown> {
  return sql`from review_items r join employees e on e.tenant_id = r.tenant_id and e.id = r.employee_id
    where r.status = ${filter.status} and ${visible(scope, sight.tellSecrets)}
      and (${filter.module}::text is null or r.module = ${filter.module})
      and (${filter.employeeId}::text is null or r.employee_id = ${filter.employeeId})`;
}

/** Newest first. */
export async function listReviews(
  tx: Tx,
  scope: Scope,
  sight: ReviewSight,
  filter: ReviewFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<ReviewItem[]> {
  const { rows } = await sql<Row>`select r.*, e.first_name, e.last_name ${matching(scope, sight, filter)}
    order by r.created_at desc, r.id desc limit ${page.limit} offset ${page.offset}`.execute(tx);
  return rows.map(toItem);
}

export async function countReviews(
  tx: Tx,
  scope: Scope,
  sight: ReviewSight,
  filter: ReviewFilter,
): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n ${matching(scope, sight, filter)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Those of the asked open items that the viewer may see, locked until the transaction ends. */
export async function lockReviews(
  tx: Tx,
  scope: Scope,
  sight: ReviewSight,
  ids: readonly string[],
): Promise<ReviewItem[]> {
  const filter: ReviewFilter = { status: 'open', module: null, employeeId: null };
  const { rows } = await sql<Row>`select r.*, e.first_name, e.last_name ${matching(scope, sight, filter)}
    and r.id = any(${[...ids]}::text[]) order by r.id for update of r`.execute(tx);
  return rows.map(toItem);
}

function toItem(row: Row): ReviewItem {
  return {
    id: row.id,
    eventId: row.event_id,
    employeeId: row.employee_id,
    name: `${row.first_name} ${row.last_name}`.trim(),
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
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    resolvedBy: row.resolved_by,
    note: row.note,
  };
}
