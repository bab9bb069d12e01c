import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { systemContext, type Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { openCalendar } from './calendar.ts';
import { loadEmployees, updateEmployees } from './store.postgres.ts';
import { thisTenant } from './visible.ts';

interface Deps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly keys: Keys;
}

/** The furthest that a zone's calendar is ahead of UTC, in hours. */
const mostAheadH = 14;

/** Tenants where some phase changes by date today, somewhere on earth. In a system transaction. */
export async function tenantsWithPhaseChanges(tx: Tx, clock: Clock): Promise<TenantId[]> {
  const { rows } = await sql<{ tenant_id: TenantId }>`
    select distinct tenant_id from employees where phase_changes_on <= ${latestDay(clock)}::date`.execute(tx);
  return rows.map((row) => row.tenant_id);
}

/**
 * Brings the stored phase of people up to date whose day has come in their zone: a termination that was declared ahead,
 * a leave or a first day of work that begins. At most `limit` at once; call again until none.
 * @returns whose flags are to be decided again.
 */
export async function takePhaseChanges(
  deps: Deps,
  tx: Tx,
  tenantId: TenantId,
  limit: number,
): Promise<EmployeeId[]> {
  const { rows } = await sql<{ id: EmployeeId }>`
    select e.id from employees e
    join tenants t on t.tenant_id = e.tenant_id
    left join locations l on l.tenant_id = e.tenant_id and l.id = e.location_id
    where e.tenant_id = ${thisTenant} and e.phase_changes_on <= ${latestDay(deps.clock)}::date
      and e.phase_changes_on <= (${deps.clock.now()}::timestamptz at time zone coalesce(e.zone, l.zone, t.zone))::date
    order by e.phase_changes_on, e.id limit ${limit}`.execute(tx);
  const due = await loadEmployees(
    deps.keys,
    tx,
    rows.map((row) => row.id),
    true,
  );
  const onCalendar = await openCalendar(tx, deps.clock);
  const moved = due
    .map((before) => ({ before, after: onCalendar(before) }))
    .filter(({ before, after }) => before.phase !== after.phase);
  await updateEmployees(
    deps.keys,
    tx,
    moved.map(({ after }) => after),
    deps.clock.now(),
  );
  await deps.audit.append(
    tx,
    tenantId,
    moved.map(({ before, after }) => ({
      ...systemContext('calendar'),
      act: 'people:employee:phase',
      subject: { type: 'employee', id: after.id },
      before: { phase: before.phase },
      after: { phase: after.phase },
    })),
  );
  return moved.map(({ after }) => after.id);
}

function latestDay(clock: Clock): string {
  return new Date(clock.nowMs() + mostAheadH * 3_600_000).toISOString().slice(0, 10);
}
