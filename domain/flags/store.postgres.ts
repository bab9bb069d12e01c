import { sql } from 'kysely';
import type { Decision, FlagColour } from '#contracts/flags';
import type { EmployeeId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import { columns, type Tx } from '#platform/postgres';

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

/**
 * The flags of these people: in full where one may be decided, colour and hold alone for their others, which a
 * decision may read. A full decision carries all its reasons, and a person has six.
 */
export async function findFlagsToDecide(
  tx: Tx,
  keys: readonly { employeeId: EmployeeId; module: Module }[],
): Promise<CurrentFlag[]> {
  const employeeIds = [...new Set(keys.map(({ employeeId }) => employeeId))];
  const result = await sql<Omit<FlagRow, 'decision'> & Colour & { decision: Decision | null }>`
    select f.employee_id, f.module, f.flag, f.hold, f.since, f.next_change_at, f.next_flag, f.turns_red_at, f.recheck_at,
      f.decided_at, case when k.module is not null then f.decision end as decision,
      case when k.module is not null then f.der_decision end as der_decision
    from flags f left join unnest(${keys.map((key) => key.employeeId)}::text[], ${keys.map((key) => key.module)}::text[])
      as k(employee_id, module) on k.employee_id = f.employee_id and k.module = f.module
    where f.employee_id = any(${employeeIds}::text[])`.execute(tx);
  return result.rows.map((row) => toCurrent({ ...row, decision: row.decision ?? colourAlone(row) }));
}

interface Colour {
  flag: string;
  hold: boolean;
}

function colourAlone({ flag, hold }: Colour): Decision {
  const blank = { reasons: [], nextChangeAt: null, nextFlag: null, nextHold: null, tasks: [] };
  return { ...blank, flag: flag as FlagColour, hold };
}

/** Rows of one text of `listFlagCells`: some 40 MB. */
const cellsAtOnce = 300_000;

/**
 * Every flag of the tenant, for the board. Hundreds of thousands of narrow rows: they come as one JSON text, because
 * handing them over row by row takes longer than the query. A larger tenant is read in several passes.
 */
export async function listFlagCells(tx: Tx): Promise<FlagCell[]> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from flags`.execute(tx);
  const passes = Math.max(1, Math.ceil(Number(rows[0]?.count ?? 0) / cellsAtOnce));
  const cells: FlagCell[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    for (const row of await readCells(tx, passes, pass)) cells.push(toFlagCell(row));
  }
  return cells;
}

/** JSON arrays in the order of `toFlagCell`. */
async function readCells(tx: Tx, passes: number, pass: number): Promise<FlagCellRow[]> {
  const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`);
  const result = await sql<{ cells: string | null }>`
    select json_agg(json_build_array(employee_id, module, flag, hold,
      to_char(since at time zone 'UTC', ${utc}), to_char(next_change_at at time zone 'UTC', ${utc}),
      lead->>'ruleId', lead->>'dueAt', lead->>'short', der))::text as cells
    from (
      select employee_id, module, flag, hold, since, next_change_at, decision->'reasons'->0 as lead,
        case when der_decision is not null then json_build_array(der_decision->>'flag', der_decision->'hold',
          der_decision->'reasons'->0->>'ruleId', der_decision->'reasons'->0->>'dueAt',
          der_decision->'reasons'->0->>'short', der_decision->>'nextChangeAt') end as der
      from flags where ${passes} = 1 or mod(abs(hashtext(employee_id)::bigint), ${passes}) = ${pass}
      offset 0) part`.execute(tx);
  return JSON.parse(result.rows[0]?.cells ?? '[]') as FlagCellRow[];
}

function toFlagCell(row: FlagCellRow): FlagCell {
  const [employeeId, module, flag, hold, since, nextChangeAt, ruleId, dueAt, short, der] = row;
  return {
    employeeId,
    module,
    since,
    general: { flag, hold, ruleId, dueAt, short: short ?? '', nextChangeAt },
    der: der && {
      flag: der[0],
      hold: der[1],
      ruleId: der[2],
      dueAt: der[3],
      short: der[4] ?? '',
      nextChangeAt: der[5],
    },
  };
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

/** As the text of one cell is read: see `readCells`. */
type FlagCellRow = [
  employeeId: EmployeeId,
  module: Module,
  flag: FlagColour,
  hold: boolean,
  since: string,
  nextChangeAt: string | null,
  ruleId: string | null,
  dueAt: string | null,
  short: string | null,
  der:
    | [
        flag: FlagColour,
        hold: boolean,
        ruleId: string | null,
        dueAt: string | null,
        short: string | null,
        nextChangeAt: string | null,
      ]
    | null,
];

export async function saveFlags(tx: Tx, tenantId: string, flags: readonly CurrentFlag[]): Promise<void> {
  if (flags.length === 0) return;
  const of = <T>(read: (current: CurrentFlag) => T) => flags.map(read);
  await sql`
    insert into flags (tenant_id, employee_id, module, flag, hold, decision, der_decision, since, next_change_at,
      next_flag, turns_red_at, recheck_at, decided_at)
    select ${tenantId}, f.* from unnest(
      ${columns.text(of((current) => current.employeeId))}::text[],
      ${columns.text(of((current) => current.module))}::text[],
      ${columns.text(of((current) => current.decision.flag))}::text[],
      ${columns.boolean(of((current) => current.decision.hold))}::boolean[],
      ${columns.jsonb(of((current) => current.decision))}::jsonb[],
      ${columns.jsonb(of((current) => current.derDecision))}::jsonb[],
      ${columns.instant(of((current) => current.since))}::timestamptz[],
      ${columns.instant(of((current) => current.nextChangeAt))}::timestamptz[],
      ${columns.text(of((current) => current.nextFlag))}::text[],
      ${columns.instant(of((current) => current.turnsRedAt))}::timestamptz[],
      ${columns.instant(of((current) => current.recheckAt))}::timestamptz[],
      ${columns.instant(of((current) => current.decidedAt))}::timestamptz[]) as f
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
