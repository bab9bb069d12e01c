import { sql } from 'kysely';
import type { EmployeeId, Id } from '#contracts/ids';
import { moduleNames, type Module } from '#contracts/modules';
import {
  guardedModules,
  type GuardedModule,
  type NeedInput,
  type NeedPurpose,
  type StandingNeed,
} from '#contracts/screens/need-to-know';
import type { ActContext, Audit } from '#domain/audit';
import { can, notHeld, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';

/** How long one reason opens the records of one person, milliseconds. */
export const needLastsMs = 60 * 60_000;

/** What was shown under a reason. */
export interface Reveal {
  readonly employeeId: EmployeeId;
  /** e.g. `records`, `field:ssn`. */
  readonly what: string;
  /** Ids of what was shown, without content. */
  readonly of: readonly string[];
}

/**
 * Guarded records (criminal history above all) open only for a reason: a purpose, a case and words, per user and person,
 * for an hour. All of it runs in the caller's transaction. Whether the person is in the viewer's scope is the caller's to ask.
 */
export interface NeedToKnow {
  /** The viewer's reason that stands now; null = the records stay shut. */
  standing(tx: Tx, scope: Scope, employeeId: EmployeeId, module: GuardedModule): Promise<StandingNeed | null>;
  /** Audited. Throws `need_to_know.right_missing` without `view` in the module. */
  give(tx: Tx, scope: Scope, reason: NeedInput, context: ActContext): Promise<StandingNeed>;
  /** Writes what was shown, and under which reason, to the audit log: to be called in the transaction that reads it. */
  recordReveal(tx: Tx, scope: Scope, need: StandingNeed, reveal: Reveal, context: ActContext): Promise<void>;
}

/** Whether the module's records need a reason for this viewer: nobody is asked why they read about themselves. */
export function needsReason(
  scope: Scope,
  employeeId: EmployeeId,
  module: Module | 'people',
): module is GuardedModule {
  return guardedModules.some((guarded) => guarded === module) && scope.ownEmployeeId !== employeeId;
}

export function createNeedToKnow(deps: {
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
}): NeedToKnow {
  const { audit, clock, ids } = deps;
  return {
    standing: (tx, scope, employeeId, module) => findStanding(tx, scope, employeeId, module, clock.now()),
    async give(tx, scope, reason, context) {
      if (!can(scope, 'view', reason.module)) throw rightMissing(reason.module, scope);
      const need: StandingNeed = {
        id: ids.next('needToKnow'),
        module: reason.module,
        purpose: reason.purpose,
        caseRef: reason.caseRef,
        endsAt: new Date(clock.nowMs() + needLastsMs).toISOString(),
      };
      await insertReason(tx, scope, need, reason, clock.now());
      const { purpose, caseRef, endsAt } = need;
      const after = { reasonId: need.id, module: need.module, purpose, caseRef, words: reason.words, endsAt };
      const subject = { type: 'employee', id: reason.employeeId };
      await audit.append(tx, scope.tenantId, [
        { ...context, act: 'need_to_know:reason:give', subject, after },
      ]);
      return need;
    },
    async recordReveal(tx, scope, need, { employeeId, what, of }, context) {
      const { id: reasonId, module, purpose, caseRef } = need;
      const subject = { type: 'employee', id: employeeId };
      const after = { reasonId, module, purpose, caseRef, what, of };
      await audit.append(tx, scope.tenantId, [
        { ...context, act: 'need_to_know:record:reveal', subject, after },
      ]);
    },
  };
}

async function findStanding(
  tx: Tx,
  scope: Scope,
  employeeId: EmployeeId,
  module: GuardedModule,
  at: string,
): Promise<StandingNeed | null> {
  const { rows } = await sql<{
    id: Id<'needToKnow'>;
    purpose: NeedPurpose;
    case_ref: string;
    ends_at: Date;
  }>`
    select id, purpose, case_ref, ends_at from need_to_know_reasons
    where tenant_id = ${scope.tenantId} and user_id = ${scope.userId} and employee_id = ${employeeId}
      and module = ${module} and given_at <= ${at}::timestamptz and ends_at > ${at}::timestamptz
    order by ends_at desc limit 1`.execute(tx);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    id: row.id,
    module,
    purpose: row.purpose,
    caseRef: row.case_ref,
    endsAt: row.ends_at.toISOString(),
  };
}

async function insertReason(
  tx: Tx,
  scope: Scope,
  need: StandingNeed,
  reason: NeedInput,
  at: string,
): Promise<void> {
  await sql`
    insert into need_to_know_reasons (tenant_id, id, user_id, employee_id, module, purpose, case_ref, words, given_at, ends_at)
    values (${scope.tenantId}, ${need.id}, ${scope.userId}, ${reason.employeeId}, ${need.module}, ${need.purpose},
      ${need.caseRef}, ${reason.words}, ${at}::timestamptz, ${need.endsAt}::timestamptz)`.execute(tx);
}

function rightMissing(module: GuardedModule, scope: Scope): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'need_to_know.right_missing',
    detail: `No reason opens these records without the right to view ${moduleNames[module]} (view); ${notHeld(scope)}.`,
  });
}
