import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { sealJson, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { sealBirths } from './births.ts';
import { basePlace, payloadPlace } from './events-store.postgres.ts';

type Sealing = Pick<Keys, 'seal' | 'blindIndex'>;

/**
 * Seals what was stored before it was sealed at once: some dates of birth, fold bases and lifecycle payloads of the tenant.
 * @returns how many rows; call again until none.
 */
export async function sealStoredPeople(
  keys: Sealing,
  tx: Tx,
  tenantId: TenantId,
  limit: number,
): Promise<number> {
  return (
    (await sealDates(keys, tx, tenantId, limit)) +
    (await sealBases(keys, tx, tenantId, limit)) +
    (await sealPayloads(keys, tx, tenantId, limit))
  );
}

async function sealDates(keys: Sealing, tx: Tx, tenantId: TenantId, limit: number): Promise<number> {
  const { rows } = await sql<{ id: EmployeeId; birth_date: string }>`
    select id, birth_date::text as birth_date from employees
    where tenant_id = ${tenantId} and birth_date is not null order by id limit ${limit} for update`.execute(
    tx,
  );
  const people = rows.map((row) => ({ id: row.id, birthDate: row.birth_date }));
  const births = await sealBirths(keys, tx, tenantId, people);
  const sealed = rows.map(({ id }, at) => ({ id, ...births[at] }));
  await sql`
    update employees e set birth_date = null, birth_sealed = r.birth_sealed, birth_index = r.birth_index
    from jsonb_to_recordset(${JSON.stringify(sealed)}::jsonb) as r(id text, birth_sealed text, birth_index text)
    where e.tenant_id = ${tenantId} and e.id = r.id`.execute(tx);
  return rows.length;
}

async function sealBases(keys: Sealing, tx: Tx, tenantId: TenantId, limit: number): Promise<number> {
  const { rows } = await sql<{ id: EmployeeId; base: unknown }>`
    select id, base from employees
    where tenant_id = ${tenantId} and base is not null and not base ? 'sealed'
    order by id limit ${limit} for update`.execute(tx);
  const items = rows.map(({ id, base }) => ({ subject: id, place: basePlace(id), value: base }));
  const sealed = await sealJson(keys, tx, tenantId, items);
  const values = rows.map(({ id }, at) => ({ id, base: sealed[at] }));
  await sql`
    update employees e set base = r.base from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(id text, base jsonb)
    where e.tenant_id = ${tenantId} and e.id = r.id`.execute(tx);
  return rows.length;
}

async function sealPayloads(keys: Sealing, tx: Tx, tenantId: TenantId, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string; employee_id: EmployeeId; payload: unknown }>`
    select event_id as id, employee_id, payload from employee_events
    where tenant_id = ${tenantId} and not payload ? 'sealed' order by event_id limit ${limit} for update`.execute(
    tx,
  );
  const sealed = await sealJson(
    keys,
    tx,
    tenantId,
    rows.map((row) => ({ subject: row.employee_id, place: payloadPlace(row.id), value: row.payload })),
  );
  const values = rows.map(({ id }, at) => ({ id, payload: sealed[at] }));
  await sql`
    update employee_events e set payload = r.payload
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(id text, payload jsonb)
    where e.tenant_id = ${tenantId} and e.event_id = r.id`.execute(tx);
  return rows.length;
}
