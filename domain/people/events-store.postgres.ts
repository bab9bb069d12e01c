import { sql } from 'kysely';
import type { PeopleEventType } from '#contracts/events/people';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { openJson, sealJson, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { EmployeeState } from './employee.ts';
import type { PeopleEvent } from './fold.ts';
import { thisTenant } from './visible.ts';

export interface OwnedEvent {
  readonly employeeId: EmployeeId;
  readonly event: PeopleEvent;
}

export const payloadPlace = (eventId: string) => ({
  table: 'employee_events',
  column: 'payload',
  row: eventId,
});

/** Keeps events that were not kept before and answers their ids. The same event again is left out. */
export async function keepEvents(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  events: readonly OwnedEvent[],
): Promise<ReadonlySet<string>> {
  const payloads = await sealJson(
    keys,
    tx,
    tenantId,
    events.map(({ employeeId, event }) => ({
      subject: employeeId,
      place: payloadPlace(event.id),
      value: event.payload,
    })),
  );
  const rows = events.map(({ employeeId, event }, at) => ({
    employee_id: employeeId,
    event_id: event.id,
    type: event.type,
    occurred_at: event.occurredAt,
    version: event.version,
    payload: payloads[at],
  }));
  const kept = await sql<{ event_id: string }>`
    insert into employee_events (tenant_id, event_id, employee_id, type, occurred_at, version, payload, outcome)
    select ${tenantId}, r.event_id, r.employee_id, r.type, r.occurred_at, r.version, r.payload, 'applied'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      employee_id text, event_id text, type text, occurred_at timestamptz, version int, payload jsonb)
    on conflict do nothing returning event_id`.execute(tx);
  return new Set(kept.rows.map((row) => row.event_id));
}

/** All kept events of these people that came after their base. */
export async function loadEvents(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
): Promise<ReadonlyMap<EmployeeId, PeopleEvent[]>> {
  const { rows } = await sql<{
    tenant_id: TenantId;
    employee_id: EmployeeId;
    event_id: string;
    type: PeopleEventType;
    occurred_at: Date;
    version: number;
    payload: unknown;
  }>`
    select v.tenant_id, v.employee_id, v.event_id, v.type, v.occurred_at, v.version, v.payload
    from employee_events v join employees e on e.tenant_id = v.tenant_id and e.id = v.employee_id
    where v.tenant_id = ${thisTenant} and v.employee_id = any(${employeeIds}::text[])
      and (e.base_at is null or v.occurred_at > e.base_at)`.execute(tx);
  const payloads = await openJson<unknown>(
    keys,
    tx,
    rows[0]?.tenant_id ?? '',
    rows.map((row) => ({ place: payloadPlace(row.event_id), value: row.payload })),
    {},
  );
  const events = new Map<EmployeeId, PeopleEvent[]>();
  for (const [at, row] of rows.entries()) {
    const event = {
      id: row.event_id,
      type: row.type,
      occurredAt: row.occurred_at.toISOString(),
      version: row.version,
      payload: payloads[at],
    } as PeopleEvent;
    events.set(row.employee_id, [...(events.get(row.employee_id) ?? []), event]);
  }
  return events;
}

export async function saveOutcomes(tx: Tx, outcomes: ReadonlyMap<string, string>): Promise<void> {
  if (outcomes.size === 0) return;
  await sql`
    update employee_events v set outcome = r.outcome
    from unnest(${[...outcomes.keys()]}::text[], ${[...outcomes.values()]}::text[]) as r(event_id, outcome)
    where v.tenant_id = ${thisTenant} and v.event_id = r.event_id`.execute(tx);
}

export const basePlace = (employeeId: string) => ({ table: 'employees', column: 'base', row: employeeId });

/** How far the events of a person are folded, and onto what. */
export interface FoldPlace {
  readonly employeeId: EmployeeId;
  readonly base: EmployeeState | null;
  readonly baseAt: string | null;
  readonly last: { readonly occurredAt: string; readonly version: number; readonly id: string } | null;
}

export async function loadFoldPlaces(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  employeeIds: readonly EmployeeId[],
): Promise<ReadonlyMap<EmployeeId, FoldPlace>> {
  const { rows } = await sql<{
    tenant_id: TenantId;
    id: EmployeeId;
    base: unknown;
    base_at: Date | null;
    last_event_at: Date | null;
    last_event_version: number | null;
    last_event_id: string | null;
  }>`
    select tenant_id, id, base, base_at, last_event_at, last_event_version, last_event_id from employees
    where tenant_id = ${thisTenant} and id = any(${employeeIds}::text[])`.execute(tx);
  const bases = await openJson<EmployeeState | null>(
    keys,
    tx,
    rows[0]?.tenant_id ?? '',
    rows.map((row) => ({ place: basePlace(row.id), value: row.base })),
    null,
  );
  return new Map(
    rows.map((row, at) => [
      row.id,
      {
        employeeId: row.id,
        base: bases[at] ?? null,
        baseAt: row.base_at?.toISOString() ?? null,
        last:
          row.last_event_at === null
            ? null
            : {
                occurredAt: row.last_event_at.toISOString(),
                version: row.last_event_version ?? 0,
                id: row.last_event_id ?? '',
              },
      },
    ]),
  );
}

export async function saveFoldPlaces(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  places: readonly FoldPlace[],
): Promise<void> {
  if (places.length === 0) return;
  const bases = await sealJson(
    keys,
    tx,
    tenantId,
    places.map(({ employeeId, base }) => ({
      subject: employeeId,
      place: basePlace(employeeId),
      value: base,
    })),
  );
  const rows = places.map((place, at) => ({ ...place, base: bases[at] ?? null }));
  await sql`
    update employees e set base = nullif(r.base, 'null'::jsonb), base_at = r."baseAt",
      last_event_at = (r.last ->> 'occurredAt')::timestamptz, last_event_version = (r.last ->> 'version')::int,
      last_event_id = r.last ->> 'id'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r("employeeId" text, base jsonb, "baseAt" timestamptz, last jsonb)
    where e.tenant_id = ${thisTenant} and e.id = r."employeeId"`.execute(tx);
}
