import { sql } from 'kysely';
import type { Decision, FlagColour } from '#contracts/flags';
import type { EmployeeId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { Tx } from '#platform/postgres';

/** The stored flag of one (employee, module). */
export interface CurrentFlag {
  employeeId: EmployeeId;
  module: Module;
  decision: Decision;
  derDecision: Decision | null;
  since: string;
  nextChangeAt: string | null;
  nextFlag: FlagColour | null;
  turnsRedAt: string | null;
  recheckAt: string | null;
  decidedAt: string;
}

interface FlagRow {
  employee_id: string;
  module: string;
  decision: Decision;
  der_decision: Decision | null;
  since: Date;
  next_change_at: Date | null;
  next_flag: string | null;
  turns_red_at: Date | null;
  recheck_at: Date | null;
  decided_at: Date;
}

function toCurrent(row: FlagRow): CurrentFlag {
  return {
    employeeId: row.employee_id as EmployeeId,
    module: row.module as Module,
    decision: row.decision,
    derDecision: row.der_decision,
    since: row.since.toISOString(),
    nextChangeAt: row.next_change_at?.toISOString() ?? null,
    nextFlag: row.next_flag as FlagColour | null,
    turnsRedAt: row.turns_red_at?.toISOString() ?? null,
    recheckAt: row.recheck_at?.toISOString() ?? null,
    decidedAt: row.decided_at.toISOString(),
  };
}

/** All flags of these people. */
export async function findCurrentFlags(tx: Tx, employeeIds: readonly string[]): Promise<CurrentFlag[]> {
  const result = await sql<FlagRow>`
    select * from flags where employee_id = any(${employeeIds}::text[])`.execute(tx);
  return result.rows.map(toCurrent);
}

/** Every flag of the tenant, for the board. Tens of thousands of narrow rows, so the decisions stay behind. */
export async function listFlagCells(tx: Tx): Promise<FlagCell[]> {
  const result = await sql<FlagCellRow>`
    select employee_id, module, flag, hold, since, next_change_at, next_flag,
      decision->'reasons'->0->>'ruleId' as rule_id, decision->'reasons'->0->>'dueAt' as due_at,
      decision->'reasons'->0->>'short' as short,
      der_decision->>'flag' as der_flag, (der_decision->>'hold')::boolean as der_hold,
      der_decision->'reasons'->0->>'ruleId' as der_rule_id, der_decision->'reasons'->0->>'dueAt' as der_due_at,
      der_decision->'reasons'->0->>'short' as der_short, der_decision->>'nextChangeAt' as der_next_change_at
    from flags`.execute(tx);
  return result.rows.map((row) => ({
    employeeId: row.employee_id as EmployeeId,
    module: row.module as Module,
    since: row.since.toISOString(),
    general: {
      flag: row.flag as FlagColour,
      hold: row.hold,
      ruleId: row.rule_id,
      dueAt: row.due_at,
      short: row.short ?? '',
      nextChangeAt: row.next_change_at?.toISOString() ?? null,
    },
    der:
      row.der_flag === null
        ? null
        : {
            flag: row.der_flag as FlagColour,
            hold: row.der_hold ?? false,
            ruleId: row.der_rule_id,
            dueAt: row.der_due_at,
            short: row.der_short ?? '',
            nextChangeAt: row.der_next_change_at,
          },
  }));
}

/** What a cell of the board needs of one decision. `dueAt` and `short` are those of its lead reason. */
export interface CellView {
  flag: FlagColour;
  hold: boolean;
  ruleId: string | null;
  dueAt: string | null;
  short: string;
  nextChangeAt: string | null;
}

export interface FlagCell {
  employeeId: EmployeeId;
  module: Module;
  since: string;
  general: CellView;
  /** The DER's view, where it differs. */
  der: CellView | null;
}

interface FlagCellRow {
  employee_id: string;
  module: string;
  flag: string;
  hold: boolean;
  since: Date;
  next_change_at: Date | null;
  next_flag: string | null;
  rule_id: string | null;
  due_at: string | null;
  short: string | null;
  der_flag: string | null;
  der_hold: boolean | null;
  der_rule_id: string | null;
  der_due_at: string | null;
  der_short: string | null;
  der_next_change_at: string | null;
}

export async function saveFlags(tx: Tx, tenantId: string, flags: readonly CurrentFlag[]): Promise<void> {
  if (flags.length === 0) return;
  const rows = flags.map((current) => ({
    employee_id: current.employeeId,
    module: current.module,
    flag: current.decision.flag,
    hold: current.decision.hold,
    decision: current.decision,
    der_decision: current.derDecision,
    since: current.since,
    next_change_at: current.nextChangeAt,
    next_flag: current.nextFlag,
    turns_red_at: current.turnsRedAt,
    recheck_at: current.recheckAt,
    decided_at: current.decidedAt,
  }));
  await sql`
    insert into flags (tenant_id, employee_id, module, flag, hold, decision, der_decision, since, next_change_at,
      next_flag, turns_red_at, recheck_at, decided_at)
    select ${tenantId}, employee_id, module, flag, hold, decision, nullif(der_decision, 'null'::jsonb), since,
      next_change_at, next_flag, turns_red_at, recheck_at, decided_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(employee_id text, module text, flag text, hold boolean,
      decision jsonb, der_decision jsonb, since timestamptz, next_change_at timestamptz, next_flag text,
      turns_red_at timestamptz, recheck_at timestamptz, decided_at timestamptz)
    on conflict (tenant_id, employee_id, module) do update set
      flag = excluded.flag, hold = excluded.hold, decision = excluded.decision, der_decision = excluded.der_decision,
      since = excluded.since, next_change_at = excluded.next_change_at, next_flag = excluded.next_flag,
      turns_red_at = excluded.turns_red_at, recheck_at = excluded.recheck_at, decided_at = excluded.decided_at`.execute(
    tx,
  );
}

/** Flags whose instant has come, soonest first, over all tenants: for the timer, in a system transaction. */
export async function flagsToRecheck(
  tx: Tx,
  before: string,
  limit: number,
): Promise<{ tenantId: string; employeeId: EmployeeId; module: Module }[]> {
  const result = await sql<{ tenant_id: string; employee_id: string; module: string }>`
    select tenant_id, employee_id, module from flags
    where recheck_at <= ${before}::timestamptz order by recheck_at limit ${limit}`.execute(tx);
  return result.rows.map((row) => ({
    tenantId: row.tenant_id,
    employeeId: row.employee_id as EmployeeId,
    module: row.module as Module,
  }));
}

/** The next instant at which some flag must be decided again; null = none. */
export async function nextRecheckAt(tx: Tx): Promise<string | null> {
  const result = await sql<{ at: Date | null }>`
    select min(recheck_at) as at from flags where recheck_at is not null`.execute(tx);
  return result.rows[0]?.at?.toISOString() ?? null;
}
