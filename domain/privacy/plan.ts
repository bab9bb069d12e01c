import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import { modules, type Module } from '#contracts/modules';
import type { CalendarDate, Instant } from '#contracts/time';
import type { LegalHolds } from '#domain/legal-holds';
import type { Tx } from '#platform/postgres';
import { retentionDuties, runningDuties, type HeldRecords, type RetentionDuty } from './retention.ts';

/** What stands against erasing a person today. */
export interface ErasurePlan {
  readonly holds: Awaited<ReturnType<HoldsOf>>;
  /** Duties that still run, the longest last. */
  readonly duties: readonly RetentionDuty[];
  /** First day on which nothing stands against it; null = unknown, while the person works here or a hold stands. */
  readonly from: CalendarDate | null;
}

/** Reads the legal holds that stand on a person, in the caller's transaction. */
export type HoldsOf = LegalHolds['of'];

export async function planErasure(
  tx: Tx,
  holdsOf: HoldsOf,
  tenantId: string,
  employeeId: EmployeeId,
  now: Instant,
): Promise<ErasurePlan> {
  const today = now.slice(0, 10);
  const holds = await holdsOf(tx, tenantId, employeeId);
  const duties = runningDuties(retentionDuties(await readHeld(tx, tenantId, employeeId, today)), today);
  const open = holds.length > 0 || duties.some(({ until }) => until === null);
  return { holds, duties, from: open ? null : (duties.at(-1)?.until ?? today) };
}

async function readHeld(tx: Tx, tenantId: string, employeeId: EmployeeId, today: CalendarDate) {
  const { rows: people } = await sql<{ periods: { to: string | null }[]; phase: string }>`
    select periods, phase from employees where tenant_id = ${tenantId} and id = ${employeeId}`.execute(tx);
  const periods = people[0]?.periods ?? [];
  const last = periods.at(-1)?.to ?? null;
  const employed = periods.some(({ to }) => to === null || to >= today);
  const { rows } = await sql<{ module: string; type: string; on: string }>`
    select module, type, max(occurred_at at time zone 'UTC')::date::text as on from compliance_events
    where tenant_id = ${tenantId} and employee_id = ${employeeId} group by module, type`.execute(tx);
  const byModule = Map.groupBy(rows, (row) => row.module);
  const held = modules.flatMap((module: Module): HeldRecords[] => {
    const own = byModule.get(module);
    return own === undefined ? [] : [{ module, last: own.map(({ type, on }) => ({ type, on })) }];
  });
  return { leftOn: employed ? null : last, employed, held };
}
