import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ActContext } from '#domain/audit';
import type { Tx } from '#platform/postgres';
import { insertMany, type InsertDeps } from './insert.ts';
import { thisTenant } from './visible.ts';

/** Someone whom a personnel system reports as hired and whom `matchEmployees` did not find. */
export interface Newcomer {
  /** The employer's own number: what makes a newcomer certain. */
  readonly number: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly birthDate: string | null;
  readonly refs: readonly { readonly system: string; readonly value: string }[];
}

/**
 * Makes employees of newcomers, as applicants without a period: the `employee.hired` event that follows gives the rest.
 * Null for one without a number, or whose number somebody has: then a person must look, or one human would have two
 * records. The same number twice in one call is one person.
 */
export async function admit(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  newcomers: readonly Newcomer[],
  context: ActContext,
): Promise<(EmployeeId | null)[]> {
  const numbers = newcomers.map((newcomer) => newcomer.number).filter((number) => number !== null);
  const taken = await findTakenNumbers(tx, numbers);
  const wanted = new Map<string, Newcomer & { readonly number: string }>();
  for (const newcomer of newcomers) {
    const { number } = newcomer;
    if (number !== null && !taken.has(number) && !wanted.has(number))
      wanted.set(number, { ...newcomer, number });
  }
  const people = [...wanted.values()].map((newcomer) => ({
    ...newcomer,
    declaredPhase: 'applicant' as const,
    periods: [],
  }));
  const ids = await insertMany(deps, tx, tenantId, people, context, 'each');
  const byNumber = new Map(people.map((person, index) => [person.number, ids[index] ?? null]));
  return newcomers.map(({ number }) => (number === null ? null : (byNumber.get(number) ?? null)));
}

async function findTakenNumbers(tx: Tx, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ number: string }>`
    select number from employees where tenant_id = ${thisTenant} and number = any(${numbers}::text[])`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.number));
}
