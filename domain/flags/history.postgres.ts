import { sql } from 'kysely';
import type { Decision, FlagColour } from '#contracts/flags';
import type { EmployeeId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import type { Module } from '#contracts/modules';
import { columns, type Tx } from '#platform/postgres';
import type { CellView, FlagCell } from './store.postgres.ts';

/** One line of history: what changed, about which instant, known since when. */
export interface FlagHistoryEntry {
  sequence: number;
  audience: FlagChanged['audience'];
  employeeId: EmployeeId;
  module: Module;
  effectiveAt: string;
  recordedAt: string;
  from: { flag: FlagColour; hold: boolean };
  to: { flag: FlagColour; hold: boolean };
  decision: Decision;
  causeEventIds: string[];
}

/** Takes `count` numbers of the tenant's sequence and answers the first. Holds the tenant's row until the transaction ends. */
export async function takeSequence(tx: Tx, tenantId: string, count: number): Promise<number> {
  const result = await sql<{ last: string }>`
    insert into flag_sequences (tenant_id, last) values (${tenantId}, ${count})
    on conflict (tenant_id) do update set last = flag_sequences.last + ${count}
    returning last`.execute(tx);
  return Number(result.rows[0]?.last ?? count) - count + 1;
}

export interface RecordedChange {
  change: FlagChanged;
  decision: Decision;
  causeEventIds: readonly string[];
  /** Since when it has been so. */
  effectiveAt: string;
}

export async function insertHistory(
  tx: Tx,
  tenantId: string,
  changes: readonly RecordedChange[],
  recordedAt: string,
): Promise<void> {
  if (changes.length === 0) return;
  const of = <T>(read: (recorded: RecordedChange) => T) => changes.map(read);
  await sql`
    insert into flag_history (tenant_id, sequence, id, employee_id, module, audience, effective_at, recorded_at,
      from_flag, from_hold, flag, hold, decision, cause_event_ids, change)
    select ${tenantId}, sequence, id, employee_id, module, audience, effective_at,
      ${recordedAt}::timestamptz, from_flag, from_hold, flag, hold, decision,
      cause_event_ids::text[], change
    from unnest(
      ${columns.bigint(of(({ change }) => change.sequence))}::bigint[],
      ${columns.text(of(({ change }) => change.id))}::text[],
      ${columns.text(of(({ change }) => change.employeeId))}::text[],
      ${columns.text(of(({ change }) => change.module))}::text[],
      ${columns.text(of(({ change }) => change.audience))}::text[],
      ${columns.instant(of(({ effectiveAt }) => effectiveAt))}::timestamptz[],
      ${columns.text(of(({ change }) => change.from.flag))}::text[],
      ${columns.boolean(of(({ change }) => change.from.hold))}::boolean[],
      ${columns.text(of(({ change }) => change.to.flag))}::text[],
      ${columns.boolean(of(({ change }) => change.to.hold))}::boolean[],
      ${columns.jsonb(of(({ decision }) => decision))}::jsonb[],
      ${columns.lists(of(({ causeEventIds }) => causeEventIds))}::text[],
      ${columns.jsonb(of(({ change }) => change))}::jsonb[])
      as h(sequence, id, employee_id, module, audience, effective_at, from_flag, from_hold, flag, hold, decision, cause_event_ids,
        change)`.execute(tx);
}

/** Published changes after `sequence`, in order: what a viewer who was away missed. */
export async function changesSince(tx: Tx, sequence: number, limit: number): Promise<FlagChanged[]> {
  const result = await sql<{ change: FlagChanged }>`
    select change from flag_history where sequence > ${sequence} order by sequence limit ${limit}`.execute(
    tx,
  );
  return result.rows.map((row) => row.change);
}

export async function headSequence(tx: Tx): Promise<number> {
  const result = await sql<{ last: string }>`select last from flag_sequences`.execute(tx);
  return Number(result.rows[0]?.last ?? 0);
}

export interface HistoryFilter {
  employeeId: EmployeeId;
  module?: Module;
  /** Audiences that the viewer may read. */
  audiences: readonly FlagChanged['audience'][];
}

/** History of one person, in the order in which it became known: a later line takes back what it covers. */
export async function listFlagHistory(tx: Tx, filter: HistoryFilter): Promise<FlagHistoryEntry[]> {
  const result = await sql<{
    sequence: string;
    audience: string;
    employee_id: string;
    module: string;
    effective_at: Date;
    recorded_at: Date;
    from_flag: string;
    from_hold: boolean;
    flag: string;
    hold: boolean;
    decision: Decision;
    cause_event_ids: string[];
  }>`
    select sequence, audience, employee_id, module, effective_at, recorded_at, from_flag, from_hold, flag, hold, decision,
      cause_event_ids
    from flag_history
    where employee_id = ${filter.employeeId}
      and (${filter.module ?? null}::text is null or module = ${filter.module ?? null})
      and audience = any(${filter.audiences}::text[])
    order by sequence`.execute(tx);
  return result.rows.map((row) => ({
    sequence: Number(row.sequence),
    audience: row.audience as FlagChanged['audience'],
    employeeId: row.employee_id as EmployeeId,
    module: row.module as Module,
    effectiveAt: row.effective_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    from: { flag: row.from_flag as FlagColour, hold: row.from_hold },
    to: { flag: row.flag as FlagColour, hold: row.hold },
    decision: row.decision,
    causeEventIds: row.cause_event_ids,
  }));
}

interface PastCellRow {
  sequence: string;
  employee_id: string;
  module: string;
  since: Date;
  flag: string;
  hold: boolean;
  rule_id: string | null;
  due_at: string | null;
  short: string | null;
  next_change_at: string | null;
}

/**
 * Every flag of the tenant as it was at an instant, from what was known by then: the board of a past day. Of the lines
 * that cover the instant the last known one counts, as a correction takes back what was said before.
 */
export async function listFlagCellsAsOf(tx: Tx, instant: string): Promise<FlagCell[]> {
  const general = await pastCells(tx, instant, ['all', 'others']);
  const der = new Map(
    (await pastCells(tx, instant, ['all', 'der'])).map((row) => [`${row.employee_id} ${row.module}`, row]),
  );
  return general.map((row) => {
    const other = der.get(`${row.employee_id} ${row.module}`);
    return {
      employeeId: row.employee_id as EmployeeId,
      module: row.module as Module,
      since: row.since.toISOString(),
      general: toView(row),
      der: other === undefined || other.sequence === row.sequence ? null : toView(other),
    };
  });
}

async function pastCells(
  tx: Tx,
  instant: string,
  audiences: readonly FlagChanged['audience'][],
): Promise<PastCellRow[]> {
  const result = await sql<PastCellRow>`
    select distinct on (employee_id, module) sequence, employee_id, module, effective_at as since, flag, hold,
      decision->'reasons'->0->>'ruleId' as rule_id, decision->'reasons'->0->>'dueAt' as due_at,
      decision->'reasons'->0->>'short' as short, decision->>'nextChangeAt' as next_change_at
    from flag_history
    where audience = any(${audiences}::text[]) and effective_at <= ${instant}::timestamptz
      and recorded_at <= ${instant}::timestamptz
    order by employee_id, module, sequence desc`.execute(tx);
  return result.rows;
}

function toView(row: PastCellRow): CellView {
  return {
    flag: row.flag as FlagColour,
    hold: row.hold,
    ruleId: row.rule_id,
    dueAt: row.due_at,
    short: row.short ?? '',
    nextChangeAt: row.next_change_at,
  };
}
