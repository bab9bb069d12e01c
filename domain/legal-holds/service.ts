import { sql } from 'kysely';
import type { EmployeeId, Id, TenantId } from '#contracts/ids';
import type { Instant } from '#contracts/time';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { isUniqueViolation, type Tx } from '#platform/postgres';

export interface LegalHold {
  readonly matter: string;
  readonly since: Instant;
}

/** What is held, and by the request of which two people agreed on it. */
export interface HoldOrder {
  readonly tenantId: TenantId;
  readonly employeeId: EmployeeId;
  readonly matter: string;
  readonly requestId: Id<'approval'>;
}

/** Legal holds on people. All in the caller's transaction; that two people agreed is the caller's to see to. */
export interface LegalHolds {
  /** Those that stand, the oldest first. */
  of(tx: Tx, tenantId: string, employeeId: EmployeeId): Promise<LegalHold[]>;
  /** Audited. Throws `legal_holds.stands_already`. */
  place(tx: Tx, order: HoldOrder, context: ActContext): Promise<void>;
  /** Audited. Throws `legal_holds.not_standing`. */
  lift(tx: Tx, order: HoldOrder, context: ActContext): Promise<void>;
}

export function createLegalHolds(deps: {
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
}): LegalHolds {
  const record = async (tx: Tx, verb: 'place' | 'lift', order: HoldOrder, context: ActContext) => {
    const { tenantId, employeeId, matter, requestId } = order;
    const subject = { type: 'employee', id: employeeId };
    const after = { matter, requestId };
    await deps.audit.append(tx, tenantId, [{ ...context, act: `legal_holds:hold:${verb}`, subject, after }]);
  };
  return {
    of: listStanding,
    async place(tx, order, context) {
      await insert(tx, deps.ids.next('legalHold'), order, deps.clock.now());
      await record(tx, 'place', order, context);
    },
    async lift(tx, order, context) {
      await end(tx, order, deps.clock.now());
      await record(tx, 'lift', order, context);
    },
  };
}

async function listStanding(tx: Tx, tenantId: string, employeeId: EmployeeId): Promise<LegalHold[]> {
  const { rows } = await sql<{ matter: string; placed_at: Date }>`
    select matter, placed_at from legal_holds
    where tenant_id = ${tenantId} and employee_id = ${employeeId} and lifted_at is null order by placed_at, id`.execute(
    tx,
  );
  return rows.map((row) => ({ matter: row.matter, since: row.placed_at.toISOString() }));
}

async function insert(tx: Tx, id: Id<'legalHold'>, order: HoldOrder, at: Instant): Promise<void> {
  try {
    await sql`
      insert into legal_holds (tenant_id, id, employee_id, matter, placed_at, placed_by_request)
      values (${order.tenantId}, ${id}, ${order.employeeId}, ${order.matter}, ${at}::timestamptz, ${order.requestId})`.execute(
      tx,
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PlumblineError({
      kind: 'conflict',
      code: 'legal_holds.stands_already',
      detail: `A legal hold for "${order.matter}" stands already on this person.`,
      cause: error,
    });
  }
}

async function end(
  tx: Tx,
  { tenantId, employeeId, matter, requestId }: HoldOrder,
  at: Instant,
): Promise<void> {
  const { numAffectedRows = 0n } = await sql`
    update legal_holds set lifted_at = ${at}::timestamptz, lifted_by_request = ${requestId}
    where tenant_id = ${tenantId} and employee_id = ${employeeId} and matter = ${matter} and lifted_at is null`.execute(
    tx,
  );
  if (numAffectedRows > 0n) return;
  throw new PlumblineError({
    kind: 'conflict',
    code: 'legal_holds.not_standing',
    detail: `No legal hold for "${matter}" stands on this person.`,
  });
}
