import { sql, type RawBuilder } from 'kysely';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId } from '#contracts/ids';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { toApplied, type AppliedEvent, type EventRow } from './store.postgres.ts';

export interface EventPageFilter {
  /** An empty list admits nothing. */
  readonly modules: readonly ComplianceEvent['module'][];
  readonly employeeId?: EmployeeId;
  readonly type?: string;
  /** Inclusive. */
  readonly occurredFrom?: string;
  /** Exclusive. */
  readonly occurredTo?: string;
  /** SQL over the alias `e` of employees: whom the reader may see. */
  readonly visible: RawBuilder<boolean>;
}

/** Events of many people, newest first by when they happened; ids are in that order. `before` = the last id of the page before. */
export async function listEventPage(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  filter: EventPageFilter,
  page: { readonly limit: number; readonly before?: string },
): Promise<{ events: AppliedEvent[]; more: boolean }> {
  const { employeeId = null, type = null, occurredFrom = null, occurredTo = null } = filter;
  const { rows } = await sql<EventRow>`
    select c.* from compliance_events c
    where c.module = any(${filter.modules}::text[])
      and (${employeeId}::text is null or c.employee_id = ${employeeId})
      and (${type}::text is null or c.type = ${type})
      and (${occurredFrom}::timestamptz is null or c.occurred_at >= ${occurredFrom})
      and (${occurredTo}::timestamptz is null or c.occurred_at < ${occurredTo})
      and (${page.before ?? null}::text is null or c.id < ${page.before ?? null})
      and exists (select from employees e where e.id = c.employee_id and ${filter.visible})
    order by c.id desc limit ${page.limit + 1}`.execute(tx);
  const events = await toApplied(keys, tx, rows.slice(0, page.limit));
  return { events, more: rows.length > page.limit };
}

/** All events of some people in one module, in order: what a masked test is recognised by. */
export async function listModuleEvents(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
  module: ComplianceEvent['module'],
): Promise<AppliedEvent[]> {
  const { rows } = await sql<EventRow>`
    select * from compliance_events where employee_id = any(${employeeIds}::text[]) and module = ${module}
    order by employee_id, occurred_at, version, id`.execute(tx);
  return toApplied(keys, tx, rows);
}
