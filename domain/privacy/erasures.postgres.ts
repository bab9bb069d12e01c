import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ErasureBasis, ErasureInput } from '#contracts/screens/privacy';
import type { Instant } from '#contracts/time';
import type { ActContext } from '#domain/audit';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { PersonIdentifiers } from './identifiers.ts';

const placeOf = (employeeId: string) => ({ table: 'erasures', column: 'identifiers', row: employeeId });

/** Notes that the rows are gone and that the log is to be looked through up to `logTo`. */
export async function insertErasure(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: string,
  erasure: {
    readonly input: ErasureInput;
    readonly person: PersonIdentifiers;
    readonly context: ActContext;
    readonly logTo: bigint;
    readonly removed: Readonly<Record<string, number>>;
    readonly at: Instant;
  },
): Promise<void> {
  const { input, person, context, logTo, removed, at } = erasure;
  // Under the tenant's key: that of the person is destroyed.
  const [identifiers] = await keys.seal(tx, tenantId, [
    { subject: null, place: placeOf(person.employeeId), text: JSON.stringify(person) },
  ]);
  await sql`
    insert into erasures (tenant_id, employee_id, basis, case_ref, requested_by, requested_name, requested_at,
      identifiers, log_to, outcome)
    values (${tenantId}, ${person.employeeId}, ${input.basis}, ${input.caseRef}, ${context.actor.id},
      ${context.actor.name}, ${at}::timestamptz, ${identifiers ?? null}, ${logTo},
      ${JSON.stringify({ removed })}::jsonb)`.execute(tx);
}

/** An erasure whose log or warehouse is not done. */
export interface UnfinishedErasure {
  readonly tenantId: TenantId;
  readonly employeeId: EmployeeId;
  readonly person: PersonIdentifiers | null;
  readonly logAt: bigint;
  readonly logTo: bigint;
  readonly logDone: boolean;
  readonly warehouseDone: boolean;
}

/** In a system transaction, oldest first. */
export async function findUnfinished(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: TenantId | null,
): Promise<UnfinishedErasure[]> {
  const { rows } = await sql<{
    tenant_id: TenantId;
    employee_id: EmployeeId;
    identifiers: string | null;
    log_at: string;
    log_to: string;
    log_done_at: Date | null;
    warehouse_done_at: Date | null;
  }>`
    select tenant_id, employee_id, identifiers, log_at, log_to, log_done_at, warehouse_done_at from erasures
    where done_at is null and (${tenantId}::text is null or tenant_id = ${tenantId}) order by requested_at`.execute(
    tx,
  );
  const found: UnfinishedErasure[] = [];
  for (const row of rows) {
    const item = { place: placeOf(row.employee_id), text: row.identifiers };
    const [text] = await keys.open(tx, row.tenant_id, [item]);
    found.push({
      tenantId: row.tenant_id,
      employeeId: row.employee_id,
      person: text ? (JSON.parse(text) as PersonIdentifiers) : null,
      logAt: BigInt(row.log_at),
      logTo: BigInt(row.log_to),
      logDone: row.log_done_at !== null,
      warehouseDone: row.warehouse_done_at !== null,
    });
  }
  return found;
}

export interface ErasureProgress {
  readonly logAt?: bigint;
  readonly logRemoved?: number;
  readonly logDone?: boolean;
  readonly warehouseDone?: boolean;
}

/** Writes how far it is. When both are done the identifiers go too, and with them the last of the person. */
export async function saveProgress(
  tx: Tx,
  { tenantId, employeeId }: Pick<UnfinishedErasure, 'tenantId' | 'employeeId'>,
  progress: ErasureProgress,
  at: Instant,
): Promise<void> {
  const removed = progress.logRemoved ?? 0;
  await sql`
    update erasures set
      log_at = coalesce(${progress.logAt ?? null}::bigint, log_at),
      log_done_at = case when ${progress.logDone === true} then ${at}::timestamptz else log_done_at end,
      warehouse_done_at = case when ${progress.warehouseDone === true} then ${at}::timestamptz else warehouse_done_at end,
      outcome = jsonb_set(outcome, '{logRecords}', to_jsonb(coalesce((outcome->>'logRecords')::int, 0) + ${removed}::int))
    where tenant_id = ${tenantId} and employee_id = ${employeeId}`.execute(tx);
  await sql`
    update erasures set done_at = ${at}::timestamptz, identifiers = null
    where tenant_id = ${tenantId} and employee_id = ${employeeId} and done_at is null
      and log_done_at is not null and warehouse_done_at is not null`.execute(tx);
}

export interface ErasureEntry {
  readonly employeeId: EmployeeId;
  readonly requestedAt: Instant;
  readonly requestedBy: string;
  readonly basis: ErasureBasis;
  readonly doneAt: Instant | null;
}

/** Newest first, at most 100; of one person when `employeeId` is given. */
export async function listErasures(
  tx: Tx,
  tenantId: string,
  employeeId: EmployeeId | null = null,
): Promise<ErasureEntry[]> {
  const { rows } = await sql<{
    employee_id: EmployeeId;
    requested_at: Date;
    requested_name: string;
    basis: ErasureBasis;
    done_at: Date | null;
  }>`
    select employee_id, requested_at, requested_name, basis, done_at from erasures
    where tenant_id = ${tenantId} and (${employeeId}::text is null or employee_id = ${employeeId})
    order by requested_at desc limit 100`.execute(tx);
  return rows.map((row) => ({
    employeeId: row.employee_id,
    requestedAt: row.requested_at.toISOString(),
    requestedBy: row.requested_name,
    basis: row.basis,
    doneAt: row.done_at?.toISOString() ?? null,
  }));
}
