import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import type { ErasureInput, PrivacyPanel, RevealedField, RevealInput } from '#contracts/screens/privacy';
import type { ActContext } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { People } from '#domain/people';
import type { KeyStanding } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { eraseRows, identify } from './erase.postgres.ts';
import {
  findUnfinished,
  insertErasure,
  listErasures,
  saveProgress,
  type ErasureEntry,
  type ErasureProgress,
  type UnfinishedErasure,
} from './erasures.postgres.ts';
import { alreadyErased, erasureDenied, mustBeKept, numberDiffers, personNotFound } from './errors.ts';
import type { PersonIdentifiers } from './identifiers.ts';
import { collectPackage, wasErased, type DataPackage } from './package.ts';
import { planErasure, type ErasurePlan, type HoldsOf } from './plan.ts';
import { mayReveal, reveal, type RevealDeps } from './reveal.ts';

export interface PrivacyDeps extends RevealDeps {
  readonly people: Pick<People, 'find' | 'announce'>;
  readonly holdsOf: HoldsOf;
  /** Where the event log ends; what is appended later knows the person no more. */
  readonly endOfLog: () => Promise<bigint>;
}

export interface Privacy {
  /** Throws `privacy.person_not_found`. */
  panel(scope: Scope, employeeId: EmployeeId): Promise<PrivacyPanel>;
  /** Reads a field that no other answer holds, recorded in the audit log. Throws `privacy.reveal_denied`. */
  reveal(scope: Scope, input: RevealInput, context: ActContext): Promise<RevealedField>;
  /**
   * Takes the person out of the database for good, in one transaction; log and warehouse follow (`unfinished`). Throws
   * `privacy.erasure_denied`, `privacy.must_be_kept` with what and until when, `privacy.number_differs`,
   * `privacy.already_erased`, `privacy.person_not_found`.
   */
  erase(scope: Scope, input: ErasureInput, context: ActContext): Promise<void>;
  /** What stands against erasing the person today. Throws `privacy.person_not_found`. */
  plan(scope: Scope, employeeId: EmployeeId): Promise<ErasurePlan>;
  /** Erasures whose log or warehouse is still to be done; of all tenants when null. */
  unfinished(tenantId: TenantId | null): Promise<UnfinishedErasure[]>;
  progress(erasure: UnfinishedErasure, progress: ErasureProgress): Promise<void>;
  /** Everything held on a person. Whether it may be handed out, and to whom, the caller has decided. Throws `privacy.person_not_found`. */
  collect(scope: Scope, employeeId: EmployeeId): Promise<DataPackage>;
  keyStanding(scope: Scope): Promise<KeyStanding>;
  erasures(scope: Scope): Promise<ErasureEntry[]>;
}

export function createPrivacy(deps: PrivacyDeps): Privacy {
  const { postgres, keys, clock } = deps;
  const plan = (tx: Tx, scope: Scope, employeeId: EmployeeId) =>
    planErasure(tx, deps.holdsOf, scope.tenantId, employeeId, clock.now());
  const requireSeen = async (tx: Tx, scope: Scope, employeeId: EmployeeId) => {
    const person = await deps.people.find(scope, employeeId, tx);
    if (person === null) throw personNotFound();
    return person;
  };
  return {
    panel: (scope, employeeId) =>
      postgres.asViewer(scope, async (tx) => {
        const person = await requireSeen(tx, scope, employeeId);
        const shown = mayReveal(scope);
        const [erasure = null] = await listErasures(tx, scope.tenantId, employeeId);
        return {
          mayReveal: shown && erasure === null,
          birthDateHeld: shown && person.birthDateHeld,
          externalIdsHeld: shown ? await countReferences(tx, scope.tenantId, employeeId) : 0,
          mayAskCopy: erasure === null && modules.every((module) => can(scope, 'export', module)),
          plan: mayErase(scope) && erasure === null ? toShown(await plan(tx, scope, employeeId)) : null,
          erasure,
        };
      }),
    reveal: (scope, input, context) => reveal(deps, scope, input, context),
    plan: (scope, employeeId) =>
      postgres.asViewer(scope, async (tx) => {
        await requireSeen(tx, scope, employeeId);
        return plan(tx, scope, employeeId);
      }),
    erase: (scope, input, context) => erase(deps, scope, input, context),
    unfinished: (tenantId) => postgres.asSystem((tx) => findUnfinished(keys, tx, tenantId)),
    progress: (erasure, progress) =>
      postgres.asSystem((tx) => saveProgress(tx, erasure, progress, clock.now())),
    collect: async (scope, employeeId) => {
      await postgres.asViewer(scope, (tx) => requireSeen(tx, scope, employeeId));
      const found = await postgres.asSystem((tx) =>
        collectPackage(keys, tx, scope.tenantId, employeeId, clock.now()),
      );
      if (found === null) throw personNotFound();
      return found;
    },
    keyStanding: (scope) => postgres.asTenant(scope.tenantId, (tx) => keys.standing(tx, scope.tenantId)),
    erasures: (scope) => postgres.asTenant(scope.tenantId, (tx) => listErasures(tx, scope.tenantId)),
  };
}

/** The duty to erase is the company's: whoever approves its settings, without limits of division or place. */
function mayErase(scope: Scope): boolean {
  return can(scope, 'approve', 'administration') && scope.divisionIds === null && scope.locationIds === null;
}

const toShown = ({ holds, duties, from }: ErasurePlan) => ({ holds: [...holds], duties: [...duties], from });

async function countReferences(tx: Tx, tenantId: string, employeeId: EmployeeId): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from employee_references
    where tenant_id = ${tenantId} and employee_id = ${employeeId}`.execute(tx);
  return rows[0]?.n ?? 0;
}

async function erase(
  deps: PrivacyDeps,
  scope: Scope,
  input: ErasureInput,
  context: ActContext,
): Promise<void> {
  if (!mayErase(scope)) throw erasureDenied();
  const { tenantId } = scope;
  // Before the transaction: what it announces itself comes after, and must stay.
  const logTo = await deps.endOfLog();
  await deps.postgres.asSystem(async (tx) => {
    // Modules ask for the transaction's tenant.
    await sql`select set_config('app.tenant_id', ${tenantId}, true)`.execute(tx);
    const person = await requireErasable(deps, tx, scope, input);
    const at = deps.clock.now();
    const removed = await eraseRows(deps.keys, tx, tenantId, person, at);
    await insertErasure(deps.keys, tx, tenantId, { input, person, context, logTo, removed, at });
    await deps.audit.append(tx, tenantId, [
      {
        ...context,
        act: 'privacy:person:erase',
        subject: { type: 'employee', id: person.employeeId },
        after: { basis: input.basis, caseRef: input.caseRef, removed },
      },
    ]);
    await deps.people.announce(tx, [person.employeeId]);
  });
}

async function requireErasable(
  deps: PrivacyDeps,
  tx: Tx,
  { tenantId }: Scope,
  { employeeId, number }: ErasureInput,
): Promise<PersonIdentifiers> {
  const person = await identify(deps.keys, tx, tenantId, employeeId);
  if (person === null) throw personNotFound();
  if (await wasErased(tx, tenantId, employeeId)) throw alreadyErased();
  if (person.number !== number.trim()) throw numberDiffers();
  const plan = await planErasure(tx, deps.holdsOf, tenantId, employeeId, deps.clock.now());
  if (plan.holds.length > 0 || plan.duties.length > 0) throw mustBeKept(plan);
  return person;
}
