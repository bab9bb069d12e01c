import { sql } from 'kysely';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { ModuleRecord } from './model.ts';
import { openModule, sealPayloads, sealRecords } from './sealed.ts';

/**
 * Seals payloads and records that were stored before they were sealed at once, some at a time.
 * @returns how many rows; call again until none.
 */
export async function sealStoredRecords(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  limit: number,
): Promise<number> {
  return (await sealEvents(keys, tx, tenantId, limit)) + (await sealFolds(keys, tx, tenantId, limit));
}

async function sealEvents(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  limit: number,
): Promise<number> {
  const { rows } = await sql<Pick<ComplianceEvent, 'id' | 'employeeId' | 'module' | 'payload'>>`
    select id, employee_id as "employeeId", module, payload from compliance_events
    where tenant_id = ${tenantId} and module <> ${openModule} and not payload ? 'sealed'
    order by id limit ${limit} for update`.execute(tx);
  const events = rows.map((row) => ({ ...row, tenantId }));
  const sealed = await sealPayloads(keys, tx, events);
  const values = rows.map(({ id }, at) => ({ id, payload: sealed[at] }));
  await sql`
    update compliance_events e set payload = r.payload
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(id text, payload jsonb)
    where e.tenant_id = ${tenantId} and e.id = r.id`.execute(tx);
  return rows.length;
}

async function sealFolds(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ employeeId: EmployeeId; module: Module; record: ModuleRecord }>`
    select employee_id as "employeeId", module, record from records
    where tenant_id = ${tenantId} and module <> ${openModule} and not record ? 'sealed'
    order by employee_id, module limit ${limit} for update`.execute(tx);
  const sealed = await sealRecords(keys, tx, tenantId, rows);
  const values = rows.map((row, at) => ({ ...row, record: sealed[at] }));
  await sql`
    update records t set record = r.record
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r("employeeId" text, module text, record jsonb)
    where t.tenant_id = ${tenantId} and t.employee_id = r."employeeId" and t.module = r.module`.execute(tx);
  return rows.length;
}
