import { sql } from 'kysely';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { Keys } from '#platform/keys';
import { columns, type Tx } from '#platform/postgres';
import type { EventOutcome, EventPosition } from '#domain/folding';
import { outcomeWord, type ModuleRecord } from './model.ts';
import { openPayloads, openRecords, sealPayloads, sealRecords } from './sealed.ts';

export interface StoredRecord {
  employeeId: EmployeeId;
  module: Module;
  record: ModuleRecord;
  eventCount: number;
  last: EventPosition;
}

export interface RecordKey {
  employeeId: EmployeeId;
  module: Module;
}

export interface EventRow {
  id: string;
  tenant_id: string;
  employee_id: string;
  module: string;
  type: string;
  subject_ref: string;
  occurred_at: Date;
  received_at: Date;
  version: number;
  vendor: string;
  dedupe_key: string;
  endpoint_id: string | null;
  raw_ref: string | null;
  payload: ComplianceEvent['payload'];
  review: ComplianceEvent['review'];
  outcome: string;
  outcome_reason: string | null;
  applied_at: Date;
}

export interface AppliedEvent {
  event: ComplianceEvent;
  outcome: string;
  outcomeReason: string | null;
  appliedAt: string;
}

function toEvent(row: EventRow): ComplianceEvent {
  return {
    id: row.id,
    schemaVersion: 1,
    tenantId: row.tenant_id,
    employeeId: row.employee_id,
    module: row.module,
    type: row.type,
    subjectRef: row.subject_ref,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    version: row.version,
    source: {
      vendor: row.vendor,
      endpointId: row.endpoint_id,
      dedupeKey: row.dedupe_key,
      rawRef: row.raw_ref,
    },
    payload: row.payload,
    review: row.review,
  } as ComplianceEvent;
}

/**
 * Inserts the events that were never applied and answers which those are. The same (vendor, dedupe key) again, in this
 * batch or ever, is left out.
 */
export async function claimEvents(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  events: readonly ComplianceEvent[],
  appliedAt: string,
): Promise<ReadonlySet<string>> {
  const of = <T>(read: (event: ComplianceEvent) => T) => events.map(read);
  const payloads = await sealPayloads(keys, tx, events);
  const claimed = await sql<{ claimed: string; ids: string[] | null }>`
    with made as (
      insert into compliance_events
        (tenant_id, id, employee_id, module, type, subject_ref, occurred_at, received_at, version, vendor, dedupe_key,
         endpoint_id, raw_ref, payload, review, applied_at)
      select *, ${appliedAt}::timestamptz from unnest(
        ${columns.text(of((event) => event.tenantId))}::text[],
        ${columns.text(of((event) => event.id))}::text[],
        ${columns.text(of((event) => event.employeeId))}::text[],
        ${columns.text(of((event) => event.module))}::text[],
        ${columns.text(of((event) => event.type))}::text[],
        ${columns.text(of((event) => event.subjectRef))}::text[],
        ${columns.instant(of((event) => event.occurredAt))}::timestamptz[],
        ${columns.instant(of((event) => event.receivedAt))}::timestamptz[],
        ${columns.int(of((event) => event.version))}::int[],
        ${columns.text(of((event) => event.source.vendor))}::text[],
        ${columns.text(of((event) => event.source.dedupeKey))}::text[],
        ${columns.text(of((event) => event.source.endpointId))}::text[],
        ${columns.text(of((event) => event.source.rawRef))}::text[],
        ${columns.jsonb(payloads)}::jsonb[],
        ${columns.jsonb(of((event) => event.review))}::jsonb[])
      on conflict do nothing
      returning id)
    select count(*) as claimed, case when count(*) < ${events.length} then array_agg(id) end as ids from made`.execute(
    tx,
  );
  const [answer] = claimed.rows;
  return new Set(answer?.ids ?? (answer?.claimed === '0' ? [] : of((event) => event.id)));
}

/** Records of the transaction's tenant; those of erased people are left out. */
export async function loadRecords(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  wanted: readonly RecordKey[],
): Promise<StoredRecord[]> {
  const result = await sql<{
    tenant_id: string;
    employee_id: string;
    module: string;
    record: unknown;
    event_count: number;
    last_occurred_at: Date;
    last_version: number;
    last_event_id: string;
  }>`
    select r.tenant_id, r.employee_id, r.module, r.record, r.event_count, r.last_occurred_at, r.last_version, r.last_event_id
    from records r
    join unnest(${wanted.map((k) => k.employeeId)}::text[], ${wanted.map((k) => k.module)}::text[]) as k(employee_id, module)
      on k.employee_id = r.employee_id and k.module = r.module`.execute(tx);
  const rows = result.rows.map((row) => ({
    employeeId: row.employee_id as EmployeeId,
    module: row.module as Module,
    record: row.record,
    eventCount: row.event_count,
    last: {
      occurredAt: row.last_occurred_at.toISOString(),
      version: row.last_version,
      id: row.last_event_id,
    },
  }));
  const opened = await openRecords(keys, tx, result.rows[0]?.tenant_id ?? '', rows);
  return rows.flatMap((row, at) => {
    const record = opened[at] ?? null;
    return record === null ? [] : [{ ...row, record }];
  });
}

export async function saveRecords(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: string,
  records: readonly StoredRecord[],
  updatedAt: string,
): Promise<void> {
  if (records.length === 0) return;
  const of = <T>(read: (stored: StoredRecord) => T) => records.map(read);
  const sealed = await sealRecords(keys, tx, tenantId, records);
  await sql`
    insert into records
      (tenant_id, employee_id, module, record, event_count, last_occurred_at, last_version, last_event_id, updated_at)
    select ${tenantId}, r.*, ${updatedAt}::timestamptz from unnest(
      ${columns.text(of((stored) => stored.employeeId))}::text[],
      ${columns.text(of((stored) => stored.module))}::text[],
      ${columns.jsonb(sealed)}::jsonb[],
      ${columns.int(of((stored) => stored.eventCount))}::int[],
      ${columns.instant(of((stored) => stored.last.occurredAt))}::timestamptz[],
      ${columns.int(of((stored) => stored.last.version))}::int[],
      ${columns.text(of((stored) => stored.last.id))}::text[]) as r
    on conflict (tenant_id, employee_id, module) do update set
      record = excluded.record, event_count = excluded.event_count, last_occurred_at = excluded.last_occurred_at,
      last_version = excluded.last_version, last_event_id = excluded.last_event_id, updated_at = excluded.updated_at`.execute(
    tx,
  );
}

/** Writes what the state machine said, where that is not plainly "applied". */
export async function saveOutcomes(tx: Tx, outcomes: ReadonlyMap<string, EventOutcome>): Promise<void> {
  const rows = [...outcomes].map(([id, outcome]) => ({ id, ...outcomeWord(outcome) }));
  if (rows.length === 0) return;
  await sql`
    update compliance_events e set outcome = o.word, outcome_reason = o.reason
    from unnest(${rows.map((r) => r.id)}::text[], ${rows.map((r) => r.word)}::text[], ${rows.map((r) => r.reason)}::text[])
      as o(id, word, reason)
    where e.id = o.id and (e.outcome, e.outcome_reason) is distinct from (o.word, o.reason)`.execute(tx);
}

export interface EventFilter {
  employeeId: EmployeeId;
  module?: ComplianceEvent['module'];
  /** Only events that had happened by then. */
  occurredUntil?: string;
  /** Only events that we knew by then. */
  knownUntil?: string;
}

/** Events in order, oldest first. One person's events in one module are few (tens), so this is not paged. */
export async function listEvents(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  filter: EventFilter,
): Promise<AppliedEvent[]> {
  const result = await sql<EventRow>`
    select * from compliance_events
    where employee_id = ${filter.employeeId}
      and (${filter.module ?? null}::text is null or module = ${filter.module ?? null})
      and (${filter.occurredUntil ?? null}::timestamptz is null or occurred_at <= ${filter.occurredUntil ?? null})
      and (${filter.knownUntil ?? null}::timestamptz is null or applied_at <= ${filter.knownUntil ?? null})
    order by occurred_at, version, id`.execute(tx);
  return toApplied(keys, tx, result.rows);
}

/** Rows of one tenant, readable. */
export async function toApplied(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  rows: readonly EventRow[],
): Promise<AppliedEvent[]> {
  const payloads = await openPayloads(keys, tx, rows[0]?.tenant_id ?? '', rows);
  return rows.map((row, at) => ({
    event: toEvent({ ...row, payload: payloads[at] ?? {} }),
    outcome: row.outcome,
    outcomeReason: row.outcome_reason,
    appliedAt: row.applied_at.toISOString(),
  }));
}
