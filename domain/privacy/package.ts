import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import type { Instant } from '#contracts/time';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { identify } from './erase.postgres.ts';
import type { FieldClass } from './field.ts';
import { tables } from './fields.ts';
import { lettersAbout } from './letters.postgres.ts';
import { openRows, personTables, rowsAbout, type Row } from './rows.postgres.ts';
import { withoutWithheld } from './withheld.ts';

/** Rows of one source, readable. */
export interface PackagePart {
  readonly source: string;
  readonly classes: Readonly<Record<string, FieldClass>>;
  readonly rows: readonly Row[];
}

/** Everything held on a person, with where it lies. */
export interface DataPackage {
  readonly format: 'plumbline.person.v1';
  readonly employeeId: EmployeeId;
  readonly madeAt: Instant;
  readonly parts: readonly PackagePart[];
  /** Where the messages lie that became events about this person and nobody else: `topic/partition/position`. */
  readonly rawRefs: readonly string[];
}

/** Parts of rows that are the machine's and say nothing of the person. */
const machine: ReadonlySet<string> = new Set(['data_keys', 'erasures']);

/**
 * Reads everything that the database holds on a person, encrypted values opened, but for what the law keeps from them
 * (`withheld.ts`). Null when there is no such person.
 * @param tx a system transaction: a copy of all that is held knows no scope. The caller has asked who may have it.
 */
export async function collectPackage(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  employeeId: EmployeeId,
  now: Instant,
): Promise<DataPackage | null> {
  const person = await identify(keys, tx, tenantId, employeeId);
  if (person === null) return null;
  const parts: PackagePart[] = [];
  for (const [source, table] of personTables) {
    if (machine.has(source)) continue;
    const stored = await rowsAbout(tx, tenantId, source, table.person, employeeId);
    const rows = await openRows(keys, tx, tenantId, source, stored);
    parts.push({ source, classes: table.fields, rows });
  }
  const letters = await lettersAbout(tx, tenantId, person);
  parts.push({ source: 'dead_letters', classes: tables['dead_letters']?.fields ?? {}, rows: letters });
  const shown = withoutWithheld(parts);
  const bodies = await ownBodies(tx, tenantId, employeeId);
  return {
    format: 'plumbline.person.v1',
    employeeId,
    madeAt: now,
    parts: shown.parts.filter(({ rows }) => rows.length > 0),
    rawRefs: bodies.filter((ref) => !shown.rawRefs.has(ref)),
  };
}

/** A file that tells of several people is no person's own. */
async function ownBodies(tx: Tx, tenantId: string, employeeId: EmployeeId): Promise<string[]> {
  const { rows } = await sql<{ raw_ref: string }>`
    select raw_ref from compliance_events
    where tenant_id = ${tenantId} and raw_ref in (
      select raw_ref from compliance_events
      where tenant_id = ${tenantId} and employee_id = ${employeeId} and raw_ref is not null)
    group by raw_ref having count(distinct employee_id) = 1 order by min(received_at)`.execute(tx);
  return rows.map((row) => row.raw_ref);
}

/** Whether the tenant erased this person. */
export async function wasErased(tx: Tx, tenantId: string, employeeId: EmployeeId): Promise<boolean> {
  const { rows } = await sql`
    select 1 from erasures where tenant_id = ${tenantId} and employee_id = ${employeeId}`.execute(tx);
  return rows.length > 0;
}
