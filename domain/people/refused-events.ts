import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import { canChangeRoster, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Tx } from '#platform/postgres';
import { thisTenant, visibleEmployees } from './visible.ts';

/** A lifecycle event of which a part did not fit the person. */
export interface RefusedEvent {
  readonly eventId: string;
  readonly employeeId: EmployeeId;
  readonly name: string;
  /** e.g. `employee.terminated`. */
  readonly type: string;
  readonly occurredAt: string;
  readonly reason: string;
}

/**
 * What personnel systems said and the lifecycle could not take, newest first. An event leaves the list when a later
 * fold takes it. Throws `people.refused_events_hidden`.
 */
export async function listRefusedEvents(
  tx: Tx,
  scope: Scope,
  page: { readonly limit: number; readonly offset: number },
): Promise<RefusedEvent[]> {
  if (!canChangeRoster(scope)) {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'people.refused_events_hidden',
      detail: 'Your role does not run the roster, so it does not see what the roster refused.',
    });
  }
  const { rows } = await sql<{
    event_id: string;
    employee_id: EmployeeId;
    name: string;
    type: string;
    occurred_at: Date;
    outcome: string;
  }>`
    select v.event_id, v.employee_id, e.first_name || ' ' || e.last_name as name, v.type, v.occurred_at, v.outcome
    from employee_events v join employees e on e.tenant_id = v.tenant_id and e.id = v.employee_id
    where v.tenant_id = ${thisTenant} and v.outcome <> 'applied' and ${visibleEmployees(scope, 'e')}
    order by v.occurred_at desc, v.event_id limit ${page.limit} offset ${page.offset}`.execute(tx);
  return rows.map((row) => ({
    eventId: row.event_id,
    employeeId: row.employee_id,
    name: row.name,
    type: row.type,
    occurredAt: row.occurred_at.toISOString(),
    reason: row.outcome,
  }));
}
